/** The client of the lab that the console is; a script of the page is another. */
export const consoleClient = 'console';
