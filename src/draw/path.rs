//! Plane geometry of the page: points, rectangles and paths, in points (1/72 inch) with y downwards.

/// A position on the page, in points: `[x, y]`, x to the right, y downwards.
pub type Point = [f64; 2];

/// An upright rectangle on the page, in points.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Extent to the right, not negative.
    pub width: f64,
    /// Extent downwards, not negative.
    pub height: f64,
}

impl Rect {
    /// The rectangle with this corner and size.
    pub const fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self { x, y, width, height }
    }

    /// Right edge.
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    /// Bottom edge.
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// Middle.
    pub fn center(&self) -> Point {
        [self.x + 0.5 * self.width, self.y + 0.5 * self.height]
    }

    /// Whether the two share more than a border.
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.x < other.right()
            && other.x < self.right()
            && self.y < other.bottom()
            && other.y < self.bottom()
    }

    /// Whether `other` lies within this rectangle, allowing for rounding.
    pub fn contains(&self, other: &Rect) -> bool {
        const SLACK: f64 = 1e-6;
        other.x >= self.x - SLACK
            && other.y >= self.y - SLACK
            && other.right() <= self.right() + SLACK
            && other.bottom() <= self.bottom() + SLACK
    }

    /// The smallest rectangle around both; one without area does not count.
    pub fn union(&self, other: &Rect) -> Rect {
        if self.width <= 0.0 && self.height <= 0.0 {
            return *other;
        }
        if other.width <= 0.0 && other.height <= 0.0 {
            return *self;
        }
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = self.right().max(other.right());
        let bottom = self.bottom().max(other.bottom());
        Rect::new(x, y, right - x, bottom - y)
    }

    /// The same rectangle moved.
    pub fn translated(&self, by: Point) -> Rect {
        Rect::new(self.x + by[0], self.y + by[1], self.width, self.height)
    }
}

/// One step of a path.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Segment {
    Move(Point),
    Line(Point),
    Curve(Point, Point, Point),
    Close,
}

/// Lines and curves to fill, stroke or clip by.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Path {
    segments: Vec<Segment>,
}

impl Path {
    /// A path of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The border of a rectangle.
    pub fn rectangle(rect: Rect) -> Self {
        let (x, y, right, bottom) = (rect.x, rect.y, rect.right(), rect.bottom());
        Self::polygon(&[[x, y], [right, y], [right, bottom], [x, bottom]])
    }

    /// A closed polygon.
    pub fn polygon(points: &[Point]) -> Self {
        let mut path = Self::polyline(points);
        path.close();
        path
    }

    /// An open line through the points.
    pub fn polyline(points: &[Point]) -> Self {
        let mut path = Self::new();
        for (i, &point) in points.iter().enumerate() {
            if i == 0 { path.move_to(point) } else { path.line_to(point) }
        }
        path
    }

    /// An ellipse with upright axes, as four cubic curves (within 0.03 % of the true one).
    pub fn ellipse(center: Point, radii: Point) -> Self {
        // 4/3 tan(pi/8): the handle length that makes a cubic touch the circle at 45 degrees.
        const HANDLE: f64 = 0.552_284_749_830_793_4;
        let at = |x: f64, y: f64| [center[0] + x * radii[0], center[1] + y * radii[1]];
        let mut path = Self::new();
        path.move_to(at(1.0, 0.0));
        path.curve_to(at(1.0, HANDLE), at(HANDLE, 1.0), at(0.0, 1.0));
        path.curve_to(at(-HANDLE, 1.0), at(-1.0, HANDLE), at(-1.0, 0.0));
        path.curve_to(at(-1.0, -HANDLE), at(-HANDLE, -1.0), at(0.0, -1.0));
        path.curve_to(at(HANDLE, -1.0), at(1.0, -HANDLE), at(1.0, 0.0));
        path.close();
        path
    }

    /// Starts a new part at `point`.
    pub fn move_to(&mut self, point: Point) {
        self.segments.push(Segment::Move(point));
    }

    /// Adds a straight line to `point`.
    pub fn line_to(&mut self, point: Point) {
        self.segments.push(Segment::Line(point));
    }

    /// Adds a cubic Bezier curve with two control points to `end`.
    pub fn curve_to(&mut self, first: Point, second: Point, end: Point) {
        self.segments.push(Segment::Curve(first, second, end));
    }

    /// Closes the current part.
    pub fn close(&mut self) {
        self.segments.push(Segment::Close);
    }

    /// Adds all parts of another path.
    pub fn extend(&mut self, other: Path) {
        self.segments.extend(other.segments);
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// The path with all its points moved.
    pub(super) fn mapped(&self, map: impl Fn(Point) -> Point) -> Path {
        let moved = |segment: &Segment| match *segment {
            Segment::Move(p) => Segment::Move(map(p)),
            Segment::Line(p) => Segment::Line(map(p)),
            Segment::Curve(a, b, p) => Segment::Curve(map(a), map(b), map(p)),
            Segment::Close => Segment::Close,
        };
        Path { segments: self.segments.iter().map(moved).collect() }
    }

    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }
}
