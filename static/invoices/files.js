/** Fetches a document's PDF or e-invoice: repeats the request while the server makes the file, then saves it. */
import { invoicePath } from "./address.js";
import { ApiError, ask } from "../ui/api.js";

/** The number of requests for a file that is being made; the server waits up to 1.8 s in each. */
const TRIES = 15;
const REST_MS = 1000;

/** The request for each kind of file at the document's address, by the names of the buttons. */
export const FILES = Object.freeze({ pdf: "?rendition=pdf", ubl: "?rendition=ubl", cii: "?rendition=cii" });

/**
 * @param {string} number @param {keyof typeof FILES} kind
 * @throws {ApiError} with a sentence for the reader: what the document lacks, or that the file takes long
 */
export async function save(number, kind) {
  const path = invoicePath(number) + FILES[kind];
  for (let turn = 0; turn < TRIES; turn++) {
    const response = await ask("GET", path);
    if (response.status !== 202) return hand(await response.blob(), nameOf(number, kind));
    await new Promise((done) => setTimeout(done, REST_MS));
  }
  throw new ApiError(202, "The file is not ready yet. Try again in a moment.");
}

/** @param {string} number @param {keyof typeof FILES} kind */
export function nameOf(number, kind) {
  const stem = number.replaceAll("/", "_");
  return kind === "pdf" ? `${stem}.pdf` : `${stem}-${kind}.xml`;
}

/** @param {Blob} file @param {string} name */
function hand(file, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
