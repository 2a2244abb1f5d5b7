//! The picture as SVG, drawn without any other program.
//!
//! Colours follow the reader's scheme, light or dark. Names that are cut have their whole text as a
//! tooltip.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use crate::diagnostic::render::{visible, xml};

use super::layout::{Layout, Place, Size, layout};
use super::text::middle_cut;
use super::{Graph, Kind, Step, When, font, words};

const NAME: f64 = 13.0;
const NOTE: f64 = 11.0;
/// How much wider bold letters are.
const BOLD: f64 = 1.2;
/// Between the lines of a box.
const LINE: f64 = 16.0;
const PADDING: f64 = 12.0;
const MARGIN: f64 = 24.0;
/// Around the finalisation, and above it for its title.
const GROUP: f64 = 16.0;
const GROUP_TITLE: f64 = 18.0;
/// The columns of a name.
const LONGEST: usize = 42;

/// Colours are written out: not all that draws SVG knows variables.
const STYLE: &str = "\
text{font-family:Helvetica,Arial,'Liberation Sans',sans-serif;font-size:11px;fill:#59636e}\
.name{font-size:13px;fill:#1f2328}.run .name{font-weight:600}\
.title{font-size:15px;font-weight:600;fill:#1f2328}\
rect{fill:#ffffff;stroke:#818b98}.added rect{fill:#eef1f4}.ephemeral rect{stroke-dasharray:4 3}\
.daemon .inner,.inner,.group{fill:none}.group{stroke-dasharray:7 5}\
path{fill:none;stroke:#818b98;stroke-width:1.2}marker path{fill:#818b98;stroke:none}\
.hot rect{stroke:#bc4c00;stroke-width:1.8}path.hot{stroke:#bc4c00;stroke-width:2}\
marker.hot path{fill:#bc4c00}\
@media(prefers-color-scheme:dark){text{fill:#9198a1}.name,.title{fill:#e6edf3}\
rect{fill:#161b22;stroke:#6e7681}.added rect{fill:#262c36}.inner,.group{fill:none}\
path{stroke:#6e7681}marker path{fill:#6e7681}\
.hot rect,path.hot{stroke:#f0883e}marker.hot path{fill:#f0883e}}";

/// The graph as SVG.
pub fn svg(graph: &Graph) -> String {
    let labels: Vec<Label> = graph.steps.iter().map(Label::new).collect();
    let sizes: Vec<Size> = labels.iter().map(Label::size).collect();
    let layout = layout(graph, &sizes);
    let mut picture = Picture {
        graph,
        layout: &layout,
        out: String::new(),
        top: MARGIN + 52.0,
    };
    if graph.has_final() {
        picture.top += GROUP + GROUP_TITLE;
    }
    picture.draw(&labels);
    picture.out
}

/// The lines of a box.
struct Label {
    full: String,
    name: String,
    notes: Vec<String>,
}

impl Label {
    fn new(step: &Step) -> Self {
        let full = visible::line(&step.name);
        let mut notes = Vec::new();
        let attributes = words::attributes(step);
        if !attributes.is_empty() {
            notes.push(attributes.join(", "));
        }
        notes.extend(words::total(step));
        for item in step.closure.iter().flat_map(|closure| &closure.items) {
            let (name, bytes) = words::item(item);
            notes.push(format!("{}  {bytes}", cut(&name)));
        }
        Self {
            name: cut(&full),
            full,
            notes,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a box has few lines")]
    fn size(&self) -> Size {
        let notes = self.notes.iter().map(|note| font::width(note, NOTE));
        let width = notes.fold(font::width(&self.name, NAME) * BOLD, f64::max);
        Size {
            width: (width + 2.0 * PADDING).ceil().max(72.0),
            height: 2.0 * 9.0 + LINE * (1 + self.notes.len()) as f64,
        }
    }
}

fn cut(text: &str) -> String {
    if text.width() <= LONGEST {
        text.to_owned()
    } else {
        middle_cut(text, LONGEST, "…")
    }
}

struct Picture<'a> {
    graph: &'a Graph,
    layout: &'a Layout,
    out: String,
    /// Where boxes begin.
    top: f64,
}

impl Picture<'_> {
    fn draw(&mut self, labels: &[Label]) {
        let (title, remarks) = self.titles();
        let legend = self.legend();
        let group = if self.graph.has_final() { GROUP } else { 0.0 };
        let legend_width: f64 = legend.iter().map(|(_, text)| entry_width(text)).sum();
        let texts = [
            font::width(&title, 15.0) * BOLD,
            font::width(&remarks, NOTE),
            legend_width,
            self.layout.size.width + group,
        ];
        let width = (texts.into_iter().fold(0.0, f64::max) + 2.0 * MARGIN).ceil();
        let bottom = self.top + self.layout.size.height + group;
        let legend_height = if legend.is_empty() { 0.0 } else { 40.0 };
        let height = (bottom + legend_height + MARGIN).ceil();
        let label = xml::contents(&title);
        self.line(&format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"jobc-title jobc-desc\">"
        ));
        self.line(&format!("<title id=\"jobc-title\">{label}</title>"));
        let description = xml::contents(&self.description());
        self.line(&format!("<desc id=\"jobc-desc\">{description}</desc>"));
        self.line(&format!("<style>{STYLE}</style>"));
        self.line("<defs>");
        for (id, class) in [("jobc-arrow", ""), ("jobc-hot", " class=\"hot\"")] {
            self.line(&format!(
                "<marker id=\"{id}\"{class} viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" \
                 markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" \
                 orient=\"auto\"><path d=\"M0 0.5L8 4L0 7.5z\"/></marker>"
            ));
        }
        self.line("</defs>");
        let [first, second] = [MARGIN + 14.0, MARGIN + 32.0];
        self.line(&format!(
            "<text class=\"title\" x=\"{MARGIN}\" y=\"{first}\">{label}</text>"
        ));
        let remarks = xml::contents(&remarks);
        self.line(&format!(
            "<text x=\"{MARGIN}\" y=\"{second}\">{remarks}</text>"
        ));
        self.group();
        self.edges();
        for (index, label) in labels.iter().enumerate() {
            self.step(index, label);
        }
        self.entries(&legend, bottom + 28.0);
        self.line("</svg>");
    }

    fn titles(&self) -> (String, String) {
        let mut remarks = vec![words::counts(self.graph)];
        remarks.extend(words::concurrency(self.graph));
        remarks.extend(words::critical(self.graph));
        (visible::line(&self.graph.title), remarks.join(", "))
    }

    /// What waits for what, for those who do not see it.
    fn description(&self) -> String {
        const MOST: usize = 200;
        let edges = self.graph.edges.iter().take(MOST).map(|edge| {
            let [before, after] =
                [edge.before, edge.after].map(|step| visible::line(&self.graph.steps[step].name));
            match edge.when {
                When::Succeeded => format!("{after} waits for {before}."),
                When::Ready => format!("{after} waits until {before} is ready."),
            }
        });
        let mut sentences: Vec<String> = edges.collect();
        if self.graph.edges.len() > MOST {
            let more = self.graph.edges.len() - MOST;
            sentences.push(format!("And {more} more."));
        }
        sentences.join(" ")
    }

    fn group(&mut self) {
        let all = self.graph.steps.iter().zip(&self.layout.places);
        let places: Vec<Place> = all
            .filter(|(step, _)| step.is_final)
            .map(|(_, place)| *place)
            .collect();
        let Some(first) = places.first() else {
            return;
        };
        let fold = |value: fn(&Place) -> f64, start: f64, better: fn(f64, f64) -> f64| {
            places.iter().map(value).fold(start, better)
        };
        let left = fold(|it| it.left, first.left, f64::min) - GROUP + MARGIN;
        let top = fold(|it| it.top, first.top, f64::min) - GROUP + self.top;
        let right = fold(|it| it.left + it.size.width, 0.0, f64::max) + GROUP + MARGIN;
        let bottom = fold(|it| it.top + it.size.height, first.top, f64::max) + GROUP + self.top;
        let (width, height) = (right - left, bottom - top);
        self.line(&format!(
            "<rect class=\"group\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" \
             height=\"{height:.1}\" rx=\"10\"/>"
        ));
        let lines = words::finalisation_short(self.graph);
        let title = xml::contents(&lines);
        let baseline = top - 7.0;
        self.line(&format!(
            "<text x=\"{left:.1}\" y=\"{baseline:.1}\">{title}</text>"
        ));
    }

    fn edges(&mut self) {
        let graph = self.graph;
        for (edge, route) in graph.edges.iter().zip(&self.layout.routes) {
            let mut path = String::new();
            for (index, pair) in route.windows(2).enumerate() {
                let [from, to] = [&pair[0], &pair[1]];
                let middle = |place: &Place| place.top + place.size.height / 2.0 + self.top;
                let (x1, y1) = (from.left + from.size.width + MARGIN, middle(from));
                let (x2, y2) = (to.left + MARGIN, middle(to));
                let half = f64::midpoint(x1, x2);
                let start = if index == 0 { 'M' } else { 'L' };
                write!(
                    path,
                    "{start}{x1:.1} {y1:.1}C{half:.1} {y1:.1} {half:.1} {y2:.1} {x2:.1} {y2:.1}"
                )
                .expect("a string takes all");
            }
            let (class, marker) = match edge.when {
                When::Ready => (" stroke-dasharray=\"5 4\"", "jobc-arrow"),
                When::Succeeded if graph.is_critical(*edge) => (" class=\"hot\"", "jobc-hot"),
                When::Succeeded => ("", "jobc-arrow"),
            };
            self.line(&format!(
                "<path{class} d=\"{path}\" marker-end=\"url(#{marker})\"/>"
            ));
            if let (When::Ready, [from, to, ..]) = (edge.when, &route[..]) {
                let x = f64::midpoint(from.left + from.size.width, to.left) + MARGIN;
                let middle = |place: &Place| place.top + place.size.height / 2.0 + self.top;
                let y = f64::midpoint(middle(from), middle(to)) - 4.0;
                self.line(&format!(
                    "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">ready</text>"
                ));
            }
        }
    }

    fn step(&mut self, index: usize, label: &Label) {
        let step = &self.graph.steps[index];
        let place = self.layout.places[index];
        let classes = [
            (step.kind == Kind::Run, "run"),
            (step.kind != Kind::Run, "added"),
            (step.is_ephemeral, "ephemeral"),
            (step.is_critical && self.graph.marks_critical, "hot"),
        ];
        let classes = classes.into_iter().filter(|(is, _)| *is);
        let classes: Vec<_> = classes.map(|(_, class)| class).collect();
        self.line(&format!("<g class=\"{}\">", classes.join(" ")));
        self.line(&format!("<title>{}</title>", xml::contents(&label.full)));
        let (left, top) = (place.left + MARGIN, place.top + self.top);
        let Size { width, height } = place.size;
        self.line(&format!(
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"6\"/>"
        ));
        if step.is_daemon {
            self.line(&format!(
                "<rect class=\"inner\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"4\"/>",
                left + 3.0,
                top + 3.0,
                width - 6.0,
                height - 6.0
            ));
        }
        let (x, mut y) = (left + PADDING, top + 9.0 + 12.0);
        let name = xml::contents(&label.name);
        self.line(&format!(
            "<text class=\"name\" x=\"{x:.1}\" y=\"{y:.1}\">{name}</text>"
        ));
        for note in &label.notes {
            y += LINE;
            let note = xml::contents(note);
            self.line(&format!("<text x=\"{x:.1}\" y=\"{y:.1}\">{note}</text>"));
        }
        self.line("</g>");
    }

    /// What boxes mean, of those that are there.
    fn legend(&self) -> Vec<(&'static str, &'static str)> {
        let any = |test: fn(&Step) -> bool| self.graph.steps.iter().any(test);
        let entries = [
            (
                any(|step| step.kind != Kind::Run),
                "added",
                "step that jobc adds",
            ),
            (any(|step| step.is_ephemeral), "ephemeral", "ephemeral"),
            (any(|step| step.is_daemon), "daemon", "daemon"),
            (self.graph.marks_critical, "hot", "longest chain"),
        ];
        let shown = entries.into_iter().filter(|(is, ..)| *is);
        shown.map(|(_, class, text)| (class, text)).collect()
    }

    fn entries(&mut self, legend: &[(&str, &str)], top: f64) {
        let mut left = MARGIN;
        for (class, text) in legend {
            self.line(&format!("<g class=\"{class}\">"));
            self.line(&format!(
                "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"22\" height=\"14\" rx=\"3\"/>"
            ));
            if *class == "daemon" {
                self.line(&format!(
                    "<rect class=\"inner\" x=\"{:.1}\" y=\"{:.1}\" width=\"16\" height=\"8\" rx=\"2\"/>",
                    left + 3.0,
                    top + 3.0
                ));
            }
            self.line(&format!(
                "<text x=\"{:.1}\" y=\"{:.1}\">{text}</text>",
                left + 30.0,
                top + 11.0
            ));
            self.line("</g>");
            left += entry_width(text);
        }
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }
}

fn entry_width(text: &str) -> f64 {
    30.0 + font::width(text, NOTE) + 20.0
}
