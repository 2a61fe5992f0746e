/** Calls the HTTP API: same origin, with the CSRF token; errors carry the server's sentence. */

/** @typedef {{ field: string, message: string, rule?: string | null }} FieldError */

export class ApiError extends Error {
  /** @param {number} status @param {string} detail @param {FieldError[]} [errors] the bad fields */
  constructor(status, detail, errors = []) {
    super(detail);
    this.status = status;
    this.errors = errors;
  }
}

const OFFLINE = "The server cannot be reached. Try again in a moment.";

/**
 * @param {string} method @param {string} path @param {object} [body] JSON, or a file as it is
 * @returns {Promise<any>} the answer's JSON
 * @throws {ApiError} with a sentence for the reader
 */
export async function call(method, path, body) {
  const response = await ask(method, path, body);
  return response.json().catch(() => ({}));
}

/**
 * @param {string} method @param {string} path @param {object} [body] a file is sent as it is
 * @returns {Promise<Response>} a successful answer
 * @throws {ApiError} with a sentence for the reader
 */
export async function ask(method, path, body) {
  const headers = new Headers({ Accept: "application/json" });
  if (method !== "GET") headers.set("X-CSRFToken", readToken());
  const isFile = body instanceof Blob;
  if (body) headers.set("Content-Type", isFile ? "application/octet-stream" : "application/json");
  const request = { method, headers, body: isFile ? body : body && JSON.stringify(body) };
  const response = await fetch(path, request).catch(() => {
    throw new ApiError(0, OFFLINE);
  });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new ApiError(response.status, describeProblem(response.status, problem), Array.isArray(problem.errors) ? problem.errors : []);
}

/**
 * What went wrong, in words, from an RFC 9457 problem.
 * @param {number} status @param {{ detail?: unknown, title?: unknown, errors?: unknown }} problem
 */
export function describeProblem(status, problem) {
  if (status === 401) return "You are signed out. Sign in again to continue.";
  if (typeof problem.detail === "string" && problem.detail) return problem.detail;
  if (typeof problem.title === "string" && problem.title) return problem.title;
  return `The server answered ${status}.`;
}

function readToken() {
  const meta = document.querySelector('meta[name="csrf-token"]');
  return meta?.getAttribute("content") ?? "";
}
