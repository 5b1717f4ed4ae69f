/** An error that can happen although nobody made a mistake; its message is for people. */
export class Expected extends Error {}
