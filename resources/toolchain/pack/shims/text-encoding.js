/** The Encoding standard's UTF-8 coder and decoder (https://encoding.spec.whatwg.org); packed only where used. */

const REPLACEMENT = 0xfffd;

class TextEncoder {
  get encoding() {
    return 'utf-8';
  }

  encode(text = '') {
    const bytes = [];
    for (const character of `${text}`) {
      let code = character.codePointAt(0);
      if (code >= 0xd800 && code <= 0xdfff) code = REPLACEMENT; // half of a surrogate pair
      if (code < 0x80) bytes.push(code);
      else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
      else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
      else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    }
    return new Uint8Array(bytes);
  }
}

class TextDecoder {
  constructor(label = 'utf-8', { fatal = false, ignoreBOM = false } = {}) {
    if (!['utf-8', 'utf8', 'unicode-1-1-utf-8'].includes(`${label}`.trim().toLowerCase())) {
      throw new RangeError(`TextDecoder: the encoding "${label}" is not supported, only utf-8`);
    }
    this.fatal = fatal;
    this.ignoreBOM = ignoreBOM;
  }

  get encoding() {
    return 'utf-8';
  }

  decode(input = new Uint8Array(0)) {
    const bytes = ArrayBuffer.isView(input)
      ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
      : new Uint8Array(input);
    let text = '';
    for (let i = 0; i < bytes.length;) {
      const [code, length] = decodeAt(bytes, i);
      if (code === -1 && this.fatal) throw new TypeError('the bytes are not valid UTF-8');
      text += String.fromCodePoint(code === -1 ? REPLACEMENT : code);
      i += length;
    }
    return !this.ignoreBOM && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }
}

/** The code point at `i` and its length; -1 with the length of the invalid part (the standard's "maximal subpart"). */
function decodeAt(bytes, i) {
  const first = bytes[i];
  if (first < 0x80) return [first, 1];
  const length =
    first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  if (length === 0) return [-1, 1];
  let code = first & (0x7f >> length);
  for (let k = 1; k < length; k += 1) {
    const low = k === 1 && first === 0xe0 ? 0xa0 : k === 1 && first === 0xf0 ? 0x90 : 0x80;
    const high = k === 1 && first === 0xed ? 0x9f : k === 1 && first === 0xf4 ? 0x8f : 0xbf;
    const byte = bytes[i + k];
    if (byte === undefined || byte < low || byte > high) return [-1, k];
    code = (code << 6) | (byte & 63);
  }
  return [code, length];
}

__strata_TextEncoder = TextEncoder;
__strata_TextDecoder = TextDecoder;
