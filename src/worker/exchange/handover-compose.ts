/** compose.yaml for each way to go on: one server of Redis or of Valkey, or a cluster of three masters. */

export type HandoverTarget = 'redis' | 'valkey' | 'cluster';

/** 7.2 wrote the snapshots of the data: older servers do not read them. */
const IMAGES = { redis: 'redis:7.2', valkey: 'valkey/valkey:8.0' } as const;

export function composeFile(target: HandoverTarget): string {
  return target === 'cluster' ? cluster() : single(target);
}

function single(target: 'redis' | 'valkey'): string {
  return `services:
  ${target}:
    image: ${IMAGES[target]}
    command: ["${target}-server", "/etc/redis.conf"]
    ports:
      - "6379:6379"
    volumes:
      - ./redis.conf:/etc/redis.conf:ro
      - ./data:/data
    restart: unless-stopped
`;
}

const NODES = [1, 2, 3] as const;

/** Nodes know each other by address, so that theirs are fixed. */
function cluster(): string {
  const address = (node: number): string => `172.30.62.1${node}`;
  const nodes = NODES.map(
    (node) => `  redis-${node}:
    image: ${IMAGES.redis}
    command: ["redis-server", "/etc/redis.conf", "--cluster-enabled", "yes"]
    volumes:
      - ./redis.conf:/etc/redis.conf:ro
      - node-${node}:/data
    networks:
      lab:
        ipv4_address: ${address(node)}
    restart: unless-stopped
`,
  ).join('');
  const all = NODES.map((node) => `${address(node)}:6379`).join(' ');
  return `services:
${nodes}  create:
    image: ${IMAGES.redis}
    depends_on: [${NODES.map((node) => `redis-${node}`).join(', ')}]
    command: sh -c "sleep 3; redis-cli --cluster create ${all} --cluster-yes"
    networks: [lab]
    restart: "no"
  source:
    image: ${IMAGES.redis}
    command: ["redis-server", "/etc/redis.conf"]
    volumes:
      - ./redis.conf:/etc/redis.conf:ro
      - ./data:/data
    networks:
      lab:
        ipv4_address: 172.30.62.20
    profiles: [import]
networks:
  lab:
    ipam:
      config:
        - subnet: 172.30.62.0/24
volumes:
${NODES.map((node) => `  node-${node}: {}`).join('\n')}
`;
}
