/** Fetching a document's PDF or e-invoice: asked for again while the server makes it, then saved by the browser. */
import { invoicePath } from "./address.js";
import { ApiError, ask } from "../ui/api.js";

/** How often a file that is being made is asked for; each time the server itself waits for it for 1.8 s. */
const TRIES = 15;
const REST_MS = 1000;

/** How a file is asked for at the document's address, by the names on the buttons. */
export const FILES = Object.freeze({ pdf: "?rendition=pdf", ubl: "?rendition=ubl", cii: "?rendition=cii" });

/**
 * @param {string} number @param {keyof typeof FILES} kind
 * @throws {ApiError} with a sentence fit for the reader: what the document lacks, or that the file takes long
 */
export async function save(number, kind) {
  const path = invoicePath(number) + FILES[kind];
  for (let turn = 0; turn < TRIES; turn++) {
    const response = await ask("GET", path);
    if (response.status !== 202) return hand(await response.blob(), nameOf(number, kind));
    await new Promise((done) => setTimeout(done, REST_MS));
  }
  throw new ApiError(202, "The file is still being made. Trying again makes sense in a moment.");
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
