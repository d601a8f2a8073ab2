//! Bit planes as quadtrees, whose nodes are four bits in a Huffman code.

use super::super::BadTile;
use super::super::bits::Bits;
use super::{Plane, ceil_log2};

/// Announces a bit plane whose nodes of the last level follow as they are.
const DIRECT: u32 = 0;

/// Announces a bit plane that is a quadtree.
const TREE: u32 = 0xf;

/// Follows the last bit plane.
const END: u32 = 0;

/// Bit planes that the numbers have room for.
const MOST_PLANES: u8 = 62;

/// A quarter of the image.
struct Quadrant {
    top: usize,
    left: usize,
    rows: usize,
    columns: usize,
}

/// Decodes the coefficients. `planes` is the number of bit planes in the quadrant of the sums, in
/// those of the differences in one direction, and in that of the differences in both.
pub fn decode(bits: &mut Bits, planes: [u8; 3], out: &mut Plane) -> Result<(), BadTile> {
    let (top, left) = (out.rows.div_ceil(2), out.columns.div_ceil(2));
    let (rows, columns) = (out.rows - top, out.columns - left);
    let [sums, either, both] = planes;
    let quadrants = [
        (sums, Quadrant { top: 0, left: 0, rows: top, columns: left }),
        (either, Quadrant { top: 0, left, rows: top, columns }),
        (either, Quadrant { top, left: 0, rows, columns: left }),
        (both, Quadrant { top, left, rows, columns }),
    ];
    for (planes, quadrant) in quadrants {
        if planes > MOST_PLANES {
            return Err(BadTile("it has more bit planes than its numbers have bits"));
        }
        for plane in (0..planes).rev() {
            let nodes = match bits.take(4)? {
                DIRECT => direct_nodes(bits, &quadrant)?,
                TREE => tree_nodes(bits, &quadrant)?,
                _ => return Err(BadTile("it has a bit plane that HCOMPRESS_1 does not have")),
            };
            insert(&nodes, &quadrant, plane, out);
        }
    }
    if bits.take(4)? != END {
        return Err(BadTile("its bit planes do not end where they should"));
    }
    bits.align();
    for value in out.values.iter_mut().filter(|value| **value != 0) {
        if bits.take(1)? == 1 {
            *value = -*value;
        }
    }
    Ok(())
}

/// Nodes of a level: each stands for two by two of the next, the first row's in its upper bits.
struct Nodes {
    values: Vec<u8>,
    columns: usize,
}

fn direct_nodes(bits: &mut Bits, quadrant: &Quadrant) -> Result<Nodes, BadTile> {
    let (rows, columns) = (quadrant.rows.div_ceil(2), quadrant.columns.div_ceil(2));
    let values = (0..rows * columns).map(|_| Ok(bits.take(4)? as u8)).collect::<Result<_, _>>()?;
    Ok(Nodes { values, columns })
}

fn tree_nodes(bits: &mut Bits, quadrant: &Quadrant) -> Result<Nodes, BadTile> {
    let depth = ceil_log2(quadrant.rows.max(quadrant.columns));
    let mut nodes = Nodes { values: vec![huffman(bits)?], columns: 1 };
    for level in (1..depth).rev() {
        if nodes.values == [0] {
            break;
        }
        let rows = quadrant.rows.div_ceil(1 << level).max(1);
        let columns = quadrant.columns.div_ceil(1 << level).max(1);
        let mut values = vec![0; rows * columns];
        // The last node comes first.
        for (row, line) in values.chunks_exact_mut(columns).enumerate().rev() {
            for (parent, node) in nodes.row(row / 2).iter().enumerate().rev() {
                if *node == 0 {
                    continue;
                }
                for column in [2 * parent + 1, 2 * parent] {
                    if let Some(value) = line.get_mut(column)
                        && has_child(*node, row, column)
                    {
                        *value = huffman(bits)?;
                    }
                }
            }
        }
        nodes = Nodes { values, columns };
    }
    Ok(nodes)
}

impl Nodes {
    fn row(&self, row: usize) -> &[u8] {
        self.values.get(row * self.columns..(row + 1) * self.columns).unwrap_or_default()
    }
}

/// Whether a node has a child at this place of the next level.
fn has_child(node: u8, row: usize, column: usize) -> bool {
    node >> (3 - (row % 2 * 2 + column % 2)) & 1 == 1
}

/// Sets a bit of those coefficients that the last nodes say have it. Most planes of a large tile
/// may be all but empty, so nodes without children are passed over.
fn insert(nodes: &Nodes, quadrant: &Quadrant, plane: u8, out: &mut Plane) {
    for row in 0..quadrant.rows {
        let start = (quadrant.top + row) * out.columns + quadrant.left;
        let values = out.values.get_mut(start..start + quadrant.columns).unwrap_or_default();
        for (pair, node) in values.chunks_mut(2).zip(nodes.row(row / 2)) {
            if *node == 0 {
                continue;
            }
            for (column, value) in pair.iter_mut().enumerate() {
                *value |= i64::from(has_child(*node, row, column)) << plane;
            }
        }
    }
}

/// Reads a node. Those with one child have 3 bits; frequent ones of two children 4.
fn huffman(bits: &mut Bits) -> Result<u8, BadTile> {
    let code = bits.take(3)?;
    if code < 4 {
        return Ok(1 << code);
    }
    let code = code << 1 | bits.take(1)?;
    match code {
        8 => return Ok(0b0011),
        9 => return Ok(0b0101),
        10 => return Ok(0b1010),
        11 => return Ok(0b1100),
        12 => return Ok(0b1111),
        _ => {}
    }
    let code = code << 1 | bits.take(1)?;
    match code {
        26 => return Ok(0b0110),
        27 => return Ok(0b0111),
        28 => return Ok(0b1001),
        29 => return Ok(0b1011),
        30 => return Ok(0b1101),
        _ => {}
    }
    Ok(if bits.take(1)? == 0 { 0b0000 } else { 0b1110 })
}
