/**
 * The QR code of 60 digits, as of a safety number (ISO/IEC 18004): version 2, level M, whose 28 bytes of data 60 digits fill
 * exactly. Of the masks any one is good for a reader, so it is always the first.
 */

const SIZE = 25;
const DIGITS = 60;
const CHECKS = 16;
const MASK = 0;

/**
 * Which modules are dark, by row and column.
 * @param {string} digits 60 of them
 * @returns {boolean[][]}
 */
export function qrCode(digits) {
  if (!/^\d+$/.test(digits) || digits.length !== DIGITS) throw new RangeError("a code is of 60 digits");
  const grid = Array.from({ length: SIZE }, () => Array(SIZE).fill(null));
  drawPatterns(grid);
  drawFormat(grid);
  drawData(grid, withChecks(bytesOf(digits)));
  return grid;
}

/** Three digits are ten bits; before them the kind of data and how many there are, after them nothing. */
function bytesOf(digits) {
  const groups = digits.match(/.../g).map((group) => Number(group).toString(2).padStart(10, "0"));
  const bits = `0001${DIGITS.toString(2).padStart(10, "0")}${groups.join("")}`;
  return bits.padEnd(28 * 8, "0").match(/.{8}/g).map((byte) => Number.parseInt(byte, 2));
}

/** With their remainder by Reed and Solomon over GF(2^8), whose polynomial is x^8 + x^4 + x^3 + x^2 + 1. */
function withChecks(data) {
  const divisor = generator();
  const remainder = Array(CHECKS).fill(0);
  for (const byte of data) {
    const factor = byte ^ remainder.shift();
    remainder.push(0);
    divisor.forEach((coefficient, place) => {
      remainder[place] ^= times(coefficient, factor);
    });
  }
  return [...data, ...remainder];
}

/** The product of x - 2^n for all n below 16, without its first coefficient. */
function generator() {
  const product = [...Array(CHECKS - 1).fill(0), 1];
  for (let root = 1, step = 0; step < CHECKS; step += 1, root = times(root, 2)) {
    for (let place = 0; place < CHECKS; place += 1) {
      product[place] = times(product[place], root) ^ (product[place + 1] ?? 0);
    }
  }
  return product;
}

function times(one, other) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((other >>> bit) & 1) * one;
  }
  return product;
}

function drawPatterns(grid) {
  for (let place = 0; place < SIZE; place += 1) {
    grid[6][place] = place % 2 === 0;
    grid[place][6] = place % 2 === 0;
  }
  for (const [row, column] of [[3, 3], [3, SIZE - 4], [SIZE - 4, 3]]) drawRings(grid, row, column, 4, [0, 1, 3]);
  drawRings(grid, 18, 18, 2, [0, 2]);
}

/** Squares around a module; those at these distances are dark. */
function drawRings(grid, row, column, reach, dark) {
  for (let down = -reach; down <= reach; down += 1) {
    for (let right = -reach; right <= reach; right += 1) {
      const distance = Math.max(Math.abs(down), Math.abs(right));
      if (grid[row + down]?.[column + right] !== undefined) grid[row + down][column + right] = dark.includes(distance);
    }
  }
}

/** Level and mask, twice, with their own checks. */
function drawFormat(grid) {
  let checks = MASK;
  for (let step = 0; step < 10; step += 1) checks = (checks << 1) ^ ((checks >>> 9) * 0x537);
  const bits = ((MASK << 10) | checks) ^ 0x5412;
  for (let place = 0; place < 15; place += 1) {
    const dark = ((bits >>> place) & 1) === 1;
    const [row, column] = besideFirst(place);
    grid[row][column] = dark;
    if (place < 8) grid[8][SIZE - 1 - place] = dark;
    else grid[SIZE - 15 + place][8] = dark;
  }
  grid[SIZE - 8][8] = true;
}

function besideFirst(place) {
  if (place < 6) return [place, 8];
  if (place < 9) return [[7, 8], [8, 8], [8, 7]][place - 6];
  return [8, 14 - place];
}

/** In pairs of columns from the right, up and down in turn, around what is there. */
function drawData(grid, bytes) {
  let bit = 0;
  for (let right = SIZE - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < SIZE; step += 1) {
      const upward = ((right + 1) & 2) === 0;
      const row = upward ? SIZE - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (grid[row][column] !== null) continue;
        const dark = ((bytes[bit >>> 3] ?? 0) >>> (7 - (bit & 7))) & 1;
        grid[row][column] = (dark === 1) !== ((row + column) % 2 === 0);
        bit += 1;
      }
    }
  }
}
