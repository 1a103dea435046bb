// @ts-check
/** The only place that fetches. */
import { writeRefusal } from "./format.js";

/** A refusal of the server, or silence (status 0). */
export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {number} status
   */
  constructor(message, status) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }

  /** Whether the server is away rather than of another opinion. */
  get isAway() {
    return this.status === 0 || (this.status >= 502 && this.status <= 504);
  }
}

/**
 * Ask this origin, and have its refusal as an error.
 * @param {string} path
 * @param {Record<string, string | number>} query
 * @param {RequestInit} init
 * @returns {Promise<Response>}
 */
async function ask(path, query, init) {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  let response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(String(error), 0);
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => null);
  throw new ApiError(body?.error ? writeRefusal(body.error) : `${response.status} ${path}`, response.status);
}

/**
 * Get JSON.
 * @param {string} path
 * @param {Record<string, string | number>} [query]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function getJson(path, query = {}, signal = undefined) {
  const response = await ask(path, query, { signal, headers: { Accept: "application/json" } });
  const body = await response.json().catch(() => null);
  if (body === null) throw new ApiError(`${path} is not JSON`, 0);
  return body;
}

/**
 * Send JSON.
 * @param {string} path
 * @param {Record<string, string | number>} query
 * @param {unknown} body
 * @param {AbortSignal} [signal]
 */
export const post = (path, query, body, signal = undefined) =>
  ask(path, query, { method: "POST", signal, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/**
 * Fetch something that deck.gl will ask for, so that it lies in the browser's cache by then.
 * @param {string} path
 */
export const fetchAhead = (path) => fetch(path).then((answer) => answer.arrayBuffer()).catch(() => null);
