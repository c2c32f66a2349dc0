import { deflateSync } from 'node:zlib';
import { crc32 } from './crc32';
import type { SeededRandom } from './random';
import { paragraph, sentence, title } from './words';

const escapeXml = (text: string) =>
  text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c] as string);

const odf = (kind: 'text' | 'spreadsheet', body: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.${kind}"><office:body><office:${kind}>
${body}
</office:${kind}></office:body></office:document>
`;

/** A text document in flat OpenDocument format. */
export function textDocument(random: SeededRandom): Buffer {
  const paragraphs = Array.from(
    { length: 20 + random.int(60) },
    () => `<text:p>${escapeXml(paragraph(random))}</text:p>`,
  );
  return Buffer.from(
    odf('text', `<text:h text:outline-level="1">${title(random)}</text:h>\n${paragraphs.join('\n')}`),
  );
}

/** A spreadsheet in flat OpenDocument format. */
export function spreadsheet(random: SeededRandom): Buffer {
  const rows = Array.from({ length: 150 + random.int(500) }, (_, row) => {
    const cells = Array.from({ length: 7 }, () => {
      const value = (random.next() * 10_000).toFixed(2);
      return `<table:table-cell office:value-type="float" office:value="${value}"><text:p>${value}</text:p></table:table-cell>`;
    });
    return `<table:table-row><table:table-cell><text:p>${title(random)}-${row}</text:p></table:table-cell>${cells.join('')}</table:table-row>`;
  });
  return Buffer.from(
    odf('spreadsheet', `<table:table table:name="Sheet1">\n${rows.join('\n')}\n</table:table>`),
  );
}

export function csvTable(random: SeededRandom, rows: number): Buffer {
  const lines = ['order,customer,article,quantity,price,remark'];
  for (let row = 0; row < rows; row++) {
    lines.push(
      `${100_000 + row},${random.int(9000)},${title(random)},${1 + random.int(40)},${(random.next() * 900).toFixed(2)},"${sentence(random)}"`,
    );
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

/** A valid RGB picture: bands of colour under a grain that makes it hard to compress, as photographs are. */
export function picture(random: SeededRandom, width: number, height: number): Buffer {
  const raw = Buffer.alloc((width * 3 + 1) * height);
  const [r, g, b] = [random.int(200), random.int(200), random.int(200)];
  let at = 0;
  for (let y = 0; y < height; y++) {
    raw[at++] = 0;
    for (let x = 0; x < width; x++) {
      const grain = random.int(48);
      raw[at++] = (r + (x * 55) / width + grain) & 255;
      raw[at++] = (g + (y * 55) / height + grain) & 255;
      raw[at++] = (b + ((x + y) * 40) / (width + height) + grain) & 255;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngPart('IHDR', header),
    pngPart('IDAT', deflateSync(raw, { level: 1 })),
    pngPart('IEND', Buffer.alloc(0)),
  ]);
}

function pngPart(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const part = Buffer.alloc(body.length + 8);
  part.writeUInt32BE(data.length, 0);
  body.copy(part, 4);
  part.writeUInt32BE(crc32(body), body.length + 4);
  return part;
}

export function sourceFile(random: SeededRandom): Buffer {
  const functions = Array.from({ length: 4 + random.int(12) }, () => {
    const name = title(random).replace(/-(.)/g, (_, c: string) => c.toUpperCase());
    return `/** ${sentence(random)} */
export function ${name}(input: readonly number[]): number {
  let total = ${random.int(100)};
  for (const value of input) {
    if (value > ${random.int(1000)}) total += value * ${1 + random.int(9)};
    else total -= value;
  }
  return total;
}`;
  });
  return Buffer.from(`${functions.join('\n\n')}\n`);
}
