/** Where a byte is: in the process, in the kernel, on the platter, or nowhere any more. */
export type LayerMark = 'buffer' | 'cache' | 'disk' | 'lost';
