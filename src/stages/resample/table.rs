//! Exact sums of a map over quadrilaterals, by line integrals along their edges.
//!
//! By Green's theorem the integral of the map over a region is the line integral of P dx around it, where P is the map's integral along
//! y up to a point. On cells of constant value P is linear in y from line to line, so its integral Q along y gives the line integral
//! along a straight edge by values of Q at the edge's ends and where it passes from one column of cells to the next.

/// An edge this flat (rise over run) is integrated at its middle height in each column: Q would lose its digits there.
const FLAT: f64 = 1.0 / 4096.0;

/// The integrals of a rectangle of cells along its columns.
#[derive(Default)]
pub struct Table {
    columns: usize,
    rows: usize,
    /// Row by row.
    nodes: Vec<Node>,
}

/// What is known of a cell: Q and P where it starts, and half its value. The rest fills up a power of two.
type Node = [f64; 4];

/// Q at a part of a cell's side from where it starts.
#[inline(always)]
fn q(&[q, p, half, _]: &Node, above: f64) -> f64 {
    q + above * (p + above * half)
}

/// P likewise.
#[inline(always)]
fn p(&[_, p, half, _]: &Node, above: f64) -> f64 {
    p + above * (half + half)
}

/// A coordinate of no more than 31 bits as the cell that it lies in and its part of the cell's side. A line between cells may count to
/// either one: all integrals are continuous there.
#[inline(always)]
fn split(coordinate: f64) -> (usize, f64) {
    // Numbers about this one have no binary fractions, so that the sum is rounded to a whole number and that is in its last bits. A
    // conversion would take longer, because it minds numbers that are too large for it.
    const WHOLE: f64 = (3u64 << 51) as f64;
    let shifted = (coordinate - 0.5) + WHOLE;
    ((shifted.to_bits() as u32) as usize, coordinate - (shifted - WHOLE))
}

/// A point of the rectangle, in cells from its corner.
#[derive(Clone, Copy, Default, Debug)]
pub struct Vertex {
    pub x: f64,
    pub y: f64,
    /// The column of cells that it lies in.
    pub column: usize,
    /// The position of its cell.
    pub cell: usize,
    /// How far into its cell it is along y.
    above: f64,
}

impl Table {
    /// Takes over the values of `columns` x `rows` cells.
    pub fn fill(&mut self, columns: usize, rows: usize, values: &[f32], f: impl Fn(f32) -> f64) {
        (self.columns, self.rows) = (columns, rows);
        self.nodes.resize(columns * rows, [0.0; 4]);
        self.nodes.iter_mut().take(columns).for_each(|node| *node = [0.0; 4]);
        let lines =
            self.nodes.chunks_exact_mut(columns.max(1)).zip(values.chunks_exact(columns.max(1)));
        let mut below: &[Node] = &[];
        for (nodes, values) in lines {
            for (node, value) in nodes.iter_mut().zip(values) {
                node[2] = 0.5 * f(*value);
            }
            for (node, &[q, p, half, _]) in nodes.iter_mut().zip(below) {
                node[0] = q + (p + half);
                node[1] = p + (half + half);
            }
            below = nodes;
        }
    }

    /// The point at these coordinates, which lie in the rectangle.
    #[inline]
    pub fn vertex(&self, x: f64, y: f64) -> Vertex {
        let ((column, _), (row, above)) = (split(x), split(y));
        let column = column.min(self.columns - 1);
        Vertex { x, y, column, cell: row.min(self.rows - 1) * self.columns + column, above }
    }

    /// Q at a point.
    #[inline]
    pub fn at(&self, v: &Vertex) -> f64 {
        q(&self.nodes[v.cell], v.above)
    }

    /// The line integral of P dx along the edge between two points, with Q at each.
    #[inline]
    pub fn edge(&self, (a, q_a): (&Vertex, f64), (b, q_b): (&Vertex, f64)) -> f64 {
        let (run, rise) = (b.x - a.x, b.y - a.y);
        if a.cell == b.cell {
            return run * p(&self.nodes[a.cell], 0.5 * (a.above + b.above));
        }
        if rise.abs() <= FLAT * run.abs() {
            return self.flat_edge(a, b);
        }
        let mut sum = q_b - q_a;
        if a.column != b.column {
            let slope = rise / run;
            let (low, high) = if rise > 0.0 { (a.y, b.y) } else { (b.y, a.y) };
            let (first, last, sign) = if a.column < b.column {
                (a.column + 1, b.column, 1.0)
            } else {
                (b.column + 1, a.column, -1.0)
            };
            let mut steps = 0.0;
            let mut offset = f64::from(first as u32) - a.x;
            for column in first..=last {
                let y = a.y + offset * slope;
                offset += 1.0;
                // Rounding must not carry the crossing beyond the edge.
                let y = if y < low { low } else { y };
                let y = if y > high { high } else { y };
                let (row, above) = split(y);
                let cell = row.min(self.rows - 1) * self.columns + column;
                if let Some([left, right]) = self.nodes.get(cell - 1..=cell) {
                    steps += q(left, above) - q(right, above);
                }
            }
            sum += sign * steps;
        }
        sum * (run / rise)
    }

    /// `edge` for one that is nearly parallel to the rows.
    #[cold]
    fn flat_edge(&self, a: &Vertex, b: &Vertex) -> f64 {
        let (left, right, sign) = if a.x < b.x { (a, b, 1.0) } else { (b, a, -1.0) };
        let slope = (right.y - left.y) / (right.x - left.x);
        let mut sum = 0.0;
        for column in left.column..=right.column {
            let from = if column == left.column { left.x } else { column as f64 };
            let to = if column == right.column { right.x } else { column as f64 + 1.0 };
            let (row, above) = split((left.y + (0.5 * (from + to) - left.x) * slope).max(0.0));
            let cell = row.min(self.rows - 1) * self.columns + column;
            sum += (to - from) * p(&self.nodes[cell], above);
        }
        sign * sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table of 5 x 4 cells that hold column + 10 row, squared.
    fn table() -> Table {
        let mut table = Table::default();
        let values: Vec<f32> = (0..20).map(|cell| value(cell) as f32).collect();
        table.fill(5, 4, &values, f64::from);
        table
    }

    fn value(cell: usize) -> f64 {
        ((cell % 5 + 10 * (cell / 5)) as f64).powi(2)
    }

    fn integral(corners: [[f64; 2]; 4]) -> f64 {
        let table = table();
        let vertices = corners.map(|[x, y]| table.vertex(x, y));
        let edge = |k: usize| {
            let (a, b) = (&vertices[k], &vertices[(k + 1) % 4]);
            table.edge((a, table.at(a)), (b, table.at(b)))
        };
        -(edge(0) + edge(1) + edge(2) + edge(3))
    }

    /// The same by brute force.
    fn sampled([a, b, c, d]: [[f64; 2]; 4]) -> f64 {
        const N: usize = 1000;
        let inside = |x: f64, y: f64| {
            [(a, b), (b, c), (c, d), (d, a)]
                .iter()
                .all(|(p, q)| (q[0] - p[0]) * (y - p[1]) >= (q[1] - p[1]) * (x - p[0]))
        };
        let mut sum = 0.0;
        for k in 0..N * N {
            let (x, y) = ((k % N) as f64 * 5.0 / N as f64, (k / N) as f64 * 4.0 / N as f64);
            if inside(x + 0.0025, y + 0.002) {
                sum += value(y as usize * 5 + x as usize);
            }
        }
        sum * 20.0 / (N * N) as f64
    }

    #[test]
    fn quadrilaterals_of_every_kind() {
        for corners in [
            [[0.2, 0.2], [0.7, 0.3], [0.8, 0.9], [0.1, 0.8]],
            [[0.5, 0.5], [1.5, 0.5], [1.5, 1.5], [0.5, 1.5]],
            [[2.0, 0.1], [4.9, 2.0], [2.2, 3.9], [0.1, 1.9]],
            [[0.3, 1.2], [4.6, 1.2001], [4.6, 1.7], [0.3, 1.7]],
            [[1.0, 1.0], [3.0, 1.0], [3.0, 3.0], [1.0, 3.0]],
            [[0.1, 0.1], [4.9, 3.7], [4.9, 3.9], [0.1, 0.3]],
        ] {
            let (exact, brute) = (integral(corners), sampled(corners));
            assert!((exact - brute).abs() < 0.01 * brute + 2.0, "{corners:?}: {exact} {brute}");
        }
    }

    #[test]
    fn whole_cells_add_up() {
        let square = integral([[1.0, 0.0], [4.0, 0.0], [4.0, 3.0], [1.0, 3.0]]);
        let expected: f64 = (0..15).filter(|c| (1..4).contains(&(c % 5))).map(value).sum();
        assert!((square - expected).abs() < 1e-9, "{square} {expected}");
    }
}
