/** The shortest password the controller takes (`PASSWORD_CHARS_MIN` there). */
const PASSWORD_CHARS_MIN = 12;

export const PASSWORD_RULE = `At least ${PASSWORD_CHARS_MIN} characters, and not what everybody tries first.`;

/** What is wrong with one that is being typed; the controller looks closer. */
export function passwordProblem(password: string): string | undefined {
  return password !== "" && [...password].length < PASSWORD_CHARS_MIN
    ? `At least ${PASSWORD_CHARS_MIN} characters.`
    : undefined;
}

export const passwordReady = (password: string): boolean =>
  password !== "" && passwordProblem(password) === undefined;
