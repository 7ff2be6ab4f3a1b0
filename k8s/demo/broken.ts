/** The shop did not do what it promises; says in which way. */
export class Broken extends Error {}
