/** A contract that does not compile: the text the chain would show, and where it is in the source. */
export class CompileProblem extends Error {
  /**
   * @param {string} text the reference's error text, without "Uncaught exception: Error: ".
   * @param {{code: string, loc?: object, explanation?: string, errorClass?: string}} details `loc` in source
   *   coordinates; `errorClass` is what the reference's tools throw.
   */
  constructor(text, { code, loc, explanation = '', errorClass = 'Error' }) {
    super(text);
    this.code = code;
    this.loc = loc ?? { start: { line: 1, column: 0 }, end: { line: 1, column: 0 } };
    this.explanation = explanation;
    this.errorClass = errorClass;
  }
}
