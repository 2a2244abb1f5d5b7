//! The picture as text: a line for each step, lanes beside them.
//!
//! ```text
//! stage
//!     1  o    nix_init_fetch-1m2k3j4h  3 tries
//!     2  *    fetch
//!     1  | o  nix_init_serve-9a8b7c6d  3 tries
//!        +-+
//!     3  *    serve
//! ```
//!
//! Where there is no room for lanes, a line says what its step waits for instead.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::diagnostic::render::visible;

use super::lanes::{self, Cell, DOWN, LEFT, RIGHT, Row, UP};
use super::{Edge, Graph, Kind, When, reduce, words};

/// How it is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// How many columns there are.
    pub width: usize,
    /// What lines are made of.
    pub characters: Characters,
    /// Whether a terminal will show it that understands ANSI colours.
    pub color: bool,
}

/// What lines are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Characters {
    /// Box drawing.
    Unicode,
    /// Nothing but ASCII.
    Ascii,
}

/// The graph as text.
pub fn text(graph: &Graph, look: &Look) -> String {
    let last = graph.steps.iter().map(|step| step.stage).max().unwrap_or(0);
    let mut page = Page {
        graph,
        look,
        out: String::new(),
        stage: last.to_string().len(),
        lanes: 0,
        names: 0,
    };
    let order = reduce::order(graph.steps.len(), &graph.edges);
    let sequences = [false, true].map(|is_final| lanes::sequence(graph, &order, is_final));
    let phases = sequences.map(|sequence| page.rows(&sequence));
    page.measure(&phases);
    page.title();
    let [ordinary, last] = &phases;
    page.phase(ordinary);
    if !last.rows.is_empty() {
        page.rule(&words::finalisation(graph));
        page.phase(last);
    }
    page.legend();
    page.out
}

/// The rows of a phase.
struct Phase {
    rows: Vec<Row>,
    /// Whether lanes show what waits for what; otherwise words have to.
    has_lanes: bool,
}

struct Page<'a> {
    graph: &'a Graph,
    look: &'a Look,
    out: String,
    /// The width of the numbers of stages.
    stage: usize,
    /// How many lanes there are.
    lanes: usize,
    /// The width of names.
    names: usize,
}

/// At most this many steps are named that one waits for.
const SHOWN: usize = 6;

const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const YELLOW: &str = "\x1b[33m";
const RESET: &str = "\x1b[0m";

impl Page<'_> {
    fn title(&mut self) {
        let mut counts = vec![words::counts(self.graph)];
        counts.extend(words::concurrency(self.graph));
        let title = self.shown(&self.graph.title);
        let line = format!("{}: {}\n", self.painted(BOLD, &title), counts.join(", "));
        self.out.push_str(&line);
        self.out.push('\n');
    }

    fn rows(&self, sequence: &[usize]) -> Phase {
        let most = self.look.width.saturating_sub(50).clamp(8, 60) / 2;
        let drawn = lanes::rows(self.graph, sequence, most);
        let has_lanes = drawn.is_some();
        let plain = |&step: &usize| Row {
            step: Some(step),
            cells: vec![Cell {
                is_step: true,
                ..Cell::default()
            }],
        };
        let rows = drawn.unwrap_or_else(|| sequence.iter().map(plain).collect());
        Phase { rows, has_lanes }
    }

    /// Finds the widths that all lines have in common.
    fn measure(&mut self, phases: &[Phase]) {
        let rows = phases.iter().flat_map(|phase| &phase.rows);
        self.lanes = rows.map(|row| row.cells.len()).max().unwrap_or(0);
        let names = self.graph.steps.iter();
        let names = names.map(|step| self.shown(&step.name).width());
        let room = self.look.width.saturating_sub(self.before_names() + 24);
        self.names = names.max().unwrap_or(0).min(room.max(20));
    }

    fn before_names(&self) -> usize {
        self.stage + 2 + 2 * self.lanes + 1
    }

    fn phase(&mut self, phase: &Phase) {
        let (before, column) = (self.before_names(), self.names);
        let room = self.look.width.saturating_sub(before + column + 2).max(16);
        for (index, row) in phase.rows.iter().enumerate() {
            let gutter = self.gutter(&row.cells, row.step);
            let Some(step) = row.step else {
                self.line("", &gutter, "");
                continue;
            };
            let notes = self.notes(step, phase);
            let below = phase.rows.get(index + 1);
            let below = below.map(|row| above(&row.cells)).unwrap_or_default();
            let below = self.gutter(&below, None);
            let mut lines = wrapped(&notes, room).into_iter();
            let stage = self.graph.steps[step].stage.to_string();
            let name = self.name(step, column);
            let notes = lines.next().unwrap_or_default();
            let notes = self.painted(DIM, &notes);
            self.line(&stage, &gutter, &format!("{name}  {notes}"));
            for notes in lines {
                let notes = self.painted(DIM, &notes);
                self.line("", &below, &format!("{:column$}  {notes}", ""));
            }
            self.items(step, &below);
        }
    }

    /// What a process needs, a line for each.
    fn items(&mut self, step: usize, gutter: &str) {
        let Some(closure) = &self.graph.steps[step].closure else {
            return;
        };
        let rows: Vec<_> = closure.items.iter().map(words::item).collect();
        let name = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let size = rows.iter().map(|(_, size)| size.len()).max().unwrap_or(0);
        let room = self
            .look
            .width
            .saturating_sub(self.stage + gutter.width() + size + 8);
        let name = name.min(room.max(16));
        for (item, bytes) in rows {
            let item = self.cut(&item, name);
            let text = format!("  {item:name$}  {bytes:>size$}");
            self.line("", gutter, &self.painted(DIM, &text));
        }
    }

    /// What is to be said of a step, and what it waits for if no lane shows that.
    fn notes(&self, step: usize, phase: &Phase) -> Vec<String> {
        let mut notes = words::attributes(&self.graph.steps[step]);
        notes.extend(words::total(&self.graph.steps[step]));
        let before = self.graph.edges.iter().filter(|edge| edge.after == step);
        let (ended, ready): (Vec<&Edge>, Vec<&Edge>) =
            before.partition(|edge| edge.when == When::Succeeded);
        for edge in ready {
            let name = self.shown(&self.graph.steps[edge.before].name);
            notes.push(format!("until {name} is ready"));
        }
        if !phase.has_lanes {
            let edges = ended.into_iter();
            let before: Vec<_> = edges
                .map(|edge| self.shown(&self.graph.steps[edge.before].name))
                .collect();
            if !before.is_empty() {
                let more = before.len().saturating_sub(SHOWN);
                let mut names = before[..before.len() - more].join(", ");
                if more > 0 {
                    names.push_str(&format!(" and {more} more"));
                }
                notes.push(format!("after {names}"));
            }
        }
        notes
    }

    fn name(&self, step: usize, column: usize) -> String {
        let step = &self.graph.steps[step];
        let name = self.cut(&self.shown(&step.name), column);
        let padding = " ".repeat(column.saturating_sub(name.width()));
        let style = match step.kind {
            _ if step.is_critical && self.graph.marks_critical => YELLOW,
            Kind::Run => BOLD,
            Kind::Realise | Kind::Fetch | Kind::AwaitReady => "",
        };
        format!("{}{padding}", self.painted(style, &name))
    }

    fn line(&mut self, stage: &str, gutter: &str, text: &str) {
        let width = self.stage;
        let line = format!("{stage:>width$}  {gutter} {text}");
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    fn gutter(&self, cells: &[Cell], step: Option<usize>) -> String {
        let mut gutter = String::new();
        for cell in cells
            .iter()
            .copied()
            .chain(std::iter::repeat(Cell::default()))
            .take(self.lanes)
        {
            match step.filter(|_| cell.is_step) {
                Some(step) => gutter.push(self.marker(step)),
                None => gutter.push(self.glyph(cell.sides)),
            }
            gutter.push(if cell.onward {
                self.glyph(LEFT | RIGHT)
            } else {
                ' '
            });
        }
        gutter
    }

    fn glyph(&self, sides: u8) -> char {
        const UNICODE: [char; 16] = [
            ' ', '╵', '╷', '│', '╴', '╯', '╮', '┤', '╶', '╰', '╭', '├', '─', '┴', '┬', '┼',
        ];
        const _: () = assert!(UP | DOWN | LEFT | RIGHT == 15);
        match self.look.characters {
            Characters::Unicode => UNICODE[usize::from(sides & 15)],
            Characters::Ascii => match sides {
                0 => ' ',
                UP | DOWN | 3 => '|',
                LEFT | RIGHT | 12 => '-',
                _ => '+',
            },
        }
    }

    fn marker(&self, step: usize) -> char {
        let step = &self.graph.steps[step];
        let is_critical = step.is_critical && self.graph.marks_critical;
        let [process, added] = self.markers(is_critical);
        if step.kind == Kind::Run {
            process
        } else {
            added
        }
    }

    /// The signs of a process and of a step that jobc adds.
    fn markers(&self, is_critical: bool) -> [char; 2] {
        match (self.look.characters, is_critical) {
            (Characters::Unicode, false) => ['●', '○'],
            (Characters::Unicode, true) => ['◆', '◇'],
            (Characters::Ascii, false) => ['*', 'o'],
            (Characters::Ascii, true) => ['#', 'O'],
        }
    }

    /// What signs mean, where there is more than one of a kind.
    fn legend(&mut self) {
        let mut entries = Vec::new();
        let [process, added] = self.markers(false);
        if self.graph.steps.iter().any(|step| step.kind != Kind::Run) {
            entries.push(format!("{process} process"));
            entries.push(format!("{added} step that jobc adds"));
        }
        if let Some(chain) = words::critical(self.graph) {
            let [process, added] = self.markers(true);
            let signs = self.painted(YELLOW, &format!("{process} {added}"));
            entries.push(format!("{signs} {chain}"));
        }
        if !entries.is_empty() {
            let line = format!("\n{}\n", entries.join("   "));
            self.out.push_str(&line);
        }
    }

    /// Foreign text as this page can show it.
    fn shown(&self, text: &str) -> String {
        let line = visible::line(text);
        match self.look.characters {
            Characters::Unicode => line,
            Characters::Ascii => ascii(&line),
        }
    }

    /// `text` in this many columns: its middle is left out, as ends tell more.
    fn cut(&self, text: &str, columns: usize) -> String {
        if text.width() <= columns {
            return text.to_owned();
        }
        let dots = match self.look.characters {
            Characters::Unicode => "…",
            Characters::Ascii => "...",
        };
        middle_cut(text, columns, dots)
    }

    fn painted(&self, style: &str, text: &str) -> String {
        if self.look.color && !style.is_empty() && !text.is_empty() {
            format!("{style}{text}{RESET}")
        } else {
            text.to_owned()
        }
    }

    fn rule(&mut self, title: &str) {
        let dash = match self.look.characters {
            Characters::Unicode => "─",
            Characters::Ascii => "-",
        };
        let used = title.width() + 4;
        let rest = dash.repeat(self.look.width.min(80).saturating_sub(used).max(2));
        let line = format!("{dash}{dash} {title} {rest}");
        let line = self.painted(DIM, &line);
        self.out.push_str(&line);
        self.out.push('\n');
    }
}

/// `text` with `dots` for its middle, in this many columns.
pub(super) fn middle_cut(text: &str, columns: usize, dots: &str) -> String {
    let room = columns.saturating_sub(dots.width());
    let take = |characters: &mut dyn Iterator<Item = char>, room: usize| {
        let mut used = 0;
        characters
            .take_while(|c| {
                used += c.width().unwrap_or(0);
                used <= room
            })
            .collect::<String>()
    };
    let head = take(&mut text.chars(), room.div_ceil(2));
    let tail = take(&mut text.chars().rev(), room / 2);
    let tail: String = tail.chars().rev().collect();
    format!("{head}{dots}{tail}")
}

/// `text` with the code points of what is not ASCII.
pub(crate) fn ascii(text: &str) -> String {
    let mut ascii = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            ascii.push(c);
        } else {
            ascii.extend(c.escape_unicode());
        }
    }
    ascii
}

/// The lanes that lead up from a row.
fn above(cells: &[Cell]) -> Vec<Cell> {
    let lane = |cell: &Cell| Cell {
        sides: if cell.sides & UP != 0 { UP | DOWN } else { 0 },
        ..Cell::default()
    };
    cells.iter().map(lane).collect()
}

/// Words with commas between, on lines of at most this many columns where words allow that.
fn wrapped(notes: &[String], columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for note in notes {
        for (index, word) in note.split(' ').enumerate() {
            let space = if index == 0 { ", " } else { " " };
            match lines.last_mut() {
                Some(line) if line.width() + space.len() + word.width() < columns => {
                    line.push_str(space);
                    line.push_str(word);
                }
                Some(line) => {
                    if index == 0 {
                        line.push(',');
                    }
                    lines.push(word.to_owned());
                }
                None => lines.push(word.to_owned()),
            }
        }
    }
    lines
}
