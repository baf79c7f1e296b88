/** LOLWUT: computer art, different in each version (lolwut.c, lolwut5.c, lolwut6.c by Salvatore Sanfilippo). */
import { ascii, concatBytes, utf8Encode, type ByteString } from '../../base/bytes.ts';
import { cos, sin } from '../../base/trigonometry.ts';
import { nextBelow, nextDouble, type RandomState } from '../../base/random.ts';
import { integerArgument, is } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import { verbatim } from '../replies.ts';
import { redisVersion } from '../version.ts';

export const lolwutCommands: Handlers = {
  lolwut(ctx, argv) {
    if (argv.length < 3 || !is(argv[1], 'VERSION')) return verbatim(EPILOGUE);
    const version = integerArgument(argv[2]!);
    const options = argv.slice(3);
    if (version === 5) return verbatim(schotter(options, ctx.state.random));
    if (version === 6) return verbatim(skyline(options, ctx.state.random));
    return verbatim(EPILOGUE);
  },
};

const EPILOGUE = ascii(`Redis ver. ${redisVersion}\n`);

interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Colours, row by row. */
  readonly pixels: Uint8Array;
}

function newCanvas(width: number, height: number, background: number): Canvas {
  return { width, height, pixels: new Uint8Array(width * height).fill(background) };
}

function draw({ width, height, pixels }: Canvas, x: number, y: number, color: number): void {
  if (x >= 0 && x < width && y >= 0 && y < height) pixels[y * width + x] = color;
}

function pixel({ width, height, pixels }: Canvas, x: number, y: number): number {
  return x >= 0 && x < width && y >= 0 && y < height ? pixels[y * width + x]! : 0;
}

/** The numbers that were given in place of `defaults`, each within 1 and its limit. */
function sizes(
  words: readonly ByteString[],
  defaults: readonly number[],
  limits: readonly number[],
): number[] {
  const given = defaults.map((value, i) =>
    words[i] === undefined ? value : integerArgument(words[i]),
  );
  return given.map((value, i) => Math.min(limits[i]!, Math.max(1, value)));
}

// --- 5: squares that fall out of order, after Georg Nees, in dots of Braille ---

/** A side of a square in a circle of radius 1. */
const ROOT_OF_TWO = 1.4142135623;
const QUARTER = 1.5707963267948966;

function schotter(words: readonly ByteString[], random: RandomState): ByteString {
  const [columns, perRow, perColumn] = sizes(words, [66, 8, 12], [1000, 200, 200]);
  const width = columns! * 2;
  const padding = width > 4 ? 2 : 0;
  const side = Math.fround((width - padding * 2) / perRow!);
  const canvas = newCanvas(width, Math.trunc(side * perColumn! + padding * 2), 0);
  const shake = (row: number): number => {
    const size = (nextDouble(random) / perColumn!) * row;
    return nextBelow(random, 2) === 1 ? -size : size;
  };
  for (let y = 0; y < perColumn!; y++) {
    for (let x = 0; x < perRow!; x++) {
      let left = Math.trunc(x * side + side / 2 + padding);
      let top = Math.trunc(y * side + side / 2 + padding);
      let angle = 0;
      if (y > 1) {
        angle = shake(y);
        left = Math.trunc(left + (shake(y) * side) / 3);
        top = Math.trunc(top + (shake(y) * side) / 3);
      }
      drawSquare(canvas, left, top, side, angle);
    }
  }
  return concatBytes(
    braille(canvas),
    ascii(`\nGeorg Nees - schotter, plotter on paper, 1968. Redis ver. ${redisVersion}\n`),
  );
}

function drawSquare(canvas: Canvas, x: number, y: number, side: number, angle: number): void {
  const radius = Math.round(side / ROOT_OF_TWO);
  const corners = [0, 1, 2, 3].map((i) => {
    const turned = QUARTER / 2 + angle + i * QUARTER;
    return [
      awayFromZero(sin(turned) * radius + x),
      awayFromZero(cos(turned) * radius + y),
    ] as const;
  });
  corners.forEach((from, i) => drawLine(canvas, from, corners[(i + 1) % 4]!));
}

/** round(3): halves go away from zero. */
function awayFromZero(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

/** Bresenham's line. */
function drawLine(
  canvas: Canvas,
  [fromX, fromY]: readonly [number, number],
  [toX, toY]: readonly [number, number],
): void {
  const dx = Math.abs(toX - fromX);
  const dy = Math.abs(toY - fromY);
  const stepX = fromX < toX ? 1 : -1;
  const stepY = fromY < toY ? 1 : -1;
  let error = dx - dy;
  let x = fromX;
  let y = fromY;
  for (;;) {
    draw(canvas, x, y, 1);
    if (x === toX && y === toY) return;
    const twice = error * 2;
    if (twice > -dy) {
      error -= dy;
      x += stepX;
    }
    if (twice < dx) {
      error += dx;
      y += stepY;
    }
  }
}

/** Bits of the dots of a Braille letter, by column and row. */
const DOTS: readonly (readonly [number, number, number])[] = [
  [0, 0, 0x01],
  [0, 1, 0x02],
  [0, 2, 0x04],
  [1, 0, 0x08],
  [1, 1, 0x10],
  [1, 2, 0x20],
  [0, 3, 0x40],
  [1, 3, 0x80],
];
const BRAILLE = 0x2800;

function braille(canvas: Canvas): ByteString {
  let text = '';
  for (let y = 0; y < canvas.height; y += 4) {
    for (let x = 0; x < canvas.width; x += 2) {
      const bits = DOTS.reduce(
        (all, [dx, dy, bit]) => (pixel(canvas, x + dx, y + dy) > 0 ? all | bit : all),
        0,
      );
      text += String.fromCharCode(BRAILLE + bits);
    }
    if (y !== canvas.height - 1) text += '\n';
  }
  return utf8Encode(text);
}

// --- 6: a skyline of four greys, as in games of 8 bits ---

interface Tower {
  readonly left: number;
  readonly width: number;
  readonly height: number;
  readonly color: number;
  readonly windows: 'lit' | 'none';
}

function skyline(words: readonly ByteString[], random: RandomState): ByteString {
  const [columns, rows] = sizes(words, [80, 20], [1000, 1000]);
  const canvas = newCanvas(columns!, rows!, 3);
  const half = Math.trunc(rows! / 2);
  const below = (n: number): number => nextBelow(random, n);
  for (const color of [2, 1]) {
    for (let offset = -10; offset < columns!;) {
      offset += below(8);
      const width = 10 + below(9);
      const height = half + Math.trunc(below(rows!) / (color === 2 ? 2 : 3));
      drawTower(canvas, { left: offset, width, height, color, windows: 'none' }, random);
      offset += color === 2 ? Math.trunc(width / 2) : width + 1;
    }
  }
  for (let offset = -10; offset < columns!;) {
    offset += below(8);
    let width = 5 + below(14);
    if (width % 4 !== 0) width += width % 3;
    const height = Math.trunc(rows! / 3) + Math.trunc(below(rows!) / 2);
    drawTower(canvas, { left: offset, width, height, color: 0, windows: 'lit' }, random);
    offset += width + 5;
  }
  return ascii(
    `${shades(canvas)}\nDedicated to the 8 bit game developers of past and present.\nOriginal 8 bit image from Plaguemon by hikikomori. Redis ver. ${redisVersion}\n`,
  );
}

function drawTower(canvas: Canvas, tower: Tower, random: RandomState): void {
  const { left, width, height, color } = tower;
  const bottom = canvas.height - 1;
  const top = bottom - height + 1;
  const right = left + width;
  for (let y = bottom; y >= top; y--) {
    for (let x = left; x < right; x++) {
      // The roof is less wide by two on each side.
      if (y === top && (x <= left + 1 || x >= right - 2)) continue;
      const inside = x > left + 1 && x < right - 2 && y > top + 1 && y < bottom - 1;
      const fromLeft = x - left - 1;
      const isWindow =
        tower.windows === 'lit' &&
        inside &&
        Math.floor(fromLeft / 2) % 2 === 1 &&
        (y - top - 1) % 2 === 1;
      // A window is two letters wide, in one colour.
      const lit = fromLeft % 2 === 1 ? pixel(canvas, x - 1, y) : 1 + nextBelow(random, 2);
      draw(canvas, x, y, isWindow ? lit : color);
    }
  }
}

const SHADES = ['0;30;40m', '0;90;100m', '0;37;47m', '0;97;107m'];

function shades(canvas: Canvas): string {
  const lines: string[] = [];
  for (let y = 0; y < canvas.height; y++) {
    let line = '';
    for (let x = 0; x < canvas.width; x++) line += `\x1b[${SHADES[pixel(canvas, x, y)]!} \x1b[0m`;
    lines.push(line);
  }
  return lines.join('\n');
}
