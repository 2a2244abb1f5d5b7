//! What the table is made of.

/// A struct of the schema.
#[derive(Debug)]
pub struct Struct {
    /// Its name.
    pub name: &'static str,
    /// Where it is declared.
    pub declared: Declared,
    /// Its fields.
    pub fields: &'static [Field],
}

/// Which file of Aurora's sources declares a struct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declared {
    /// The schema of jobs.
    InJobs,
    /// The schema of tasks.
    InTasks,
}

/// A field of a struct.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What its value is.
    pub of: Type,
    /// What holds if it is left out.
    pub absent: Absent,
}

/// What a value is.
#[derive(Debug, Clone, Copy)]
pub enum Type {
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// True or false.
    Boolean,
    /// Any text; the agent may fill in the rest of it.
    Text,
    /// Text for a shell.
    Command,
    /// Text that has to be known when the client reads it.
    KnownText,
    /// The same, but what the agent knows is no mistake to the client, which sends it as it is.
    Schedule,
    /// A rule for hosts.
    Placement,
    /// One of these words, in upper or lower case.
    AnyCase(&'static [&'static str]),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A struct.
    Struct(&'static Struct),
    /// One of several structs, which only a config file tells apart: for the client's JSON reader
    /// it is always the first.
    Choice(&'static [Kind]),
    /// A list.
    List(&'static Type),
    /// A map with keys of the author's.
    Map(&'static Type),
}

/// A struct that a field may be.
#[derive(Debug)]
pub struct Kind {
    /// The struct.
    pub of: &'static Struct,
    /// How a definition says so.
    pub said: Said,
}

/// How a definition says which of several structs a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// By the table's own fields.
    Plainly,
    /// By a table around it, with this field.
    As(&'static str),
    /// In no way.
    Never,
}

/// What holds if a field is left out.
#[derive(Debug)]
pub enum Absent {
    /// The struct is refused.
    Refused,
    /// There is no value.
    Nothing,
    /// The value is this one.
    Default(Literal),
}

/// A value that Aurora takes.
#[derive(Debug)]
pub enum Literal {
    /// A whole number.
    Integer(i64),
    /// A number.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// A text.
    Text(&'static str),
    /// A list with nothing in it.
    EmptyList,
    /// A table with these fields, and the defaults of all others if it is a struct's.
    Table(&'static [(&'static str, Literal)]),
}

impl Declared {
    /// The file, from the top of Aurora's sources.
    pub const fn file(self) -> &'static str {
        match self {
            Self::InJobs => "src/main/python/apache/aurora/config/schema/base.py",
            Self::InTasks => "src/main/python/apache/thermos/config/schema_base.py",
        }
    }
}

impl Type {
    /// What the value of a field of a table of this type is, in a definition.
    pub fn field(self, name: &str) -> Option<Self> {
        match self {
            Self::Struct(of) => of.field(name).map(|field| field.of),
            Self::Map(of) => Some(*of),
            Self::Choice(kinds) => kinds.iter().find_map(|kind| match kind.said {
                Said::Plainly => kind.of.field(name).map(|field| field.of),
                Said::As(word) => (word == name).then_some(Self::Struct(kind.of)),
                Said::Never => None,
            }),
            _ => None,
        }
    }
}

impl Struct {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The names of its fields.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|field| field.name)
    }

    /// The whole number that Aurora takes if the field `name` is left out.
    ///
    /// # Panics
    /// If there is none; while compiling where a constant is made of it.
    pub const fn integer(&self, name: &str) -> i64 {
        match self.default_of(name) {
            Literal::Integer(number) => *number,
            _ => panic!("the field's default is no whole number"),
        }
    }

    /// As [`Self::integer`], of a number that cannot be negative.
    ///
    /// # Panics
    /// If there is none.
    pub const fn count(&self, name: &str) -> u64 {
        self.integer(name).unsigned_abs()
    }

    /// The number that Aurora takes if the field `name` is left out.
    ///
    /// # Panics
    /// If there is none.
    pub const fn float(&self, name: &str) -> f64 {
        match self.default_of(name) {
            Literal::Float(number) => *number,
            _ => panic!("the field's default is no number"),
        }
    }

    /// The truth value that Aurora takes if the field `name` is left out.
    ///
    /// # Panics
    /// If there is none.
    pub const fn boolean(&self, name: &str) -> bool {
        match self.default_of(name) {
            Literal::Boolean(value) => *value,
            _ => panic!("the field's default is no truth value"),
        }
    }

    /// The text that Aurora takes if the field `name` is left out.
    ///
    /// # Panics
    /// If there is none.
    pub const fn text(&self, name: &str) -> &'static str {
        match self.default_of(name) {
            Literal::Text(text) => text,
            _ => panic!("the field's default is no text"),
        }
    }

    const fn default_of(&self, name: &str) -> &'static Literal {
        let mut index = 0;
        while index < self.fields.len() {
            let field = &self.fields[index];
            if is_same(field.name, name) {
                return match &field.absent {
                    Absent::Default(literal) => literal,
                    Absent::Refused | Absent::Nothing => panic!("the field has no default"),
                };
            }
            index += 1;
        }
        panic!("the struct has no such field")
    }
}

/// Whether two texts are equal, for constants.
const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut index = 0;
    while index < one.len() && index < other.len() && one[index] == other[index] {
        index += 1;
    }
    index == one.len() && index == other.len()
}
