//! Config files of Aurora's client, read for what they say and for nothing else that Python could
//! be told to do.
//!
//! ```text
//! file     = "jobs = [" value "]"
//! value    = NAME "(" { NAME "=" value } ")" | "[" { value } "]" | "{" { literal ":" value } "}"
//!          | literal | "(" literal { literal } ")" | "True" | "False" | number
//! ```

use serde_json::{Map, Value};

/// The structs that a field may be besides the one that JSON can carry, with the names that
/// definitions have for these choices.
const CHOICES: [(&str, &str); 7] = [
    ("AppcImage", "appc"),
    ("BatchUpdateStrategy", "batch"),
    ("CountSlaPolicy", "count"),
    ("DockerImage", "docker"),
    ("Mesos", "mesos"),
    ("PercentageSlaPolicy", "percentage"),
    ("VariableBatchUpdateStrategy", "variable_batch"),
];

/// The one job of a file, as the JSON that has all choices; none if the file is anything else.
pub fn read(text: &str) -> Option<Value> {
    let mut reader = Reader {
        rest: text.strip_prefix("jobs = [")?,
    };
    let job = reader.value()?;
    reader.word(",").then_some(())?;
    reader.word("]").then_some(())?;
    (reader.rest == "\n").then_some(job)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn value(&mut self) -> Option<Value> {
        self.skip();
        match self.rest.chars().next()? {
            '[' => {
                let mut items = Vec::new();
                self.parts("[", "]", |reader| {
                    items.push(reader.value()?);
                    Some(())
                })?;
                Some(items.into())
            }
            '{' => {
                let mut entries = Map::new();
                self.parts("{", "}", |reader| {
                    let key = reader.literal()?;
                    reader.word(":").then_some(())?;
                    let is_new = entries.insert(key, reader.value()?).is_none();
                    is_new.then_some(())
                })?;
                Some(entries.into())
            }
            '(' => {
                self.word("(");
                let mut text = String::new();
                while !self.word(")") {
                    text.push_str(&self.literal()?);
                }
                Some(text.into())
            }
            'u' | '\'' | '"' => self.literal().map(Value::from),
            _ => self.call_or_word(),
        }
    }

    fn call_or_word(&mut self) -> Option<Value> {
        let end = self.rest.find(['(', ',', ')', ']', '}', '\n'])?;
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        if !rest.starts_with('(') {
            return match word {
                "True" => Some(true.into()),
                "False" => Some(false.into()),
                number => serde_json::from_str::<Value>(number)
                    .ok()
                    .filter(Value::is_number),
            };
        }
        if !word.chars().all(|c| c.is_ascii_alphabetic()) {
            return None;
        }
        let mut fields = Map::new();
        self.parts("(", ")", |reader| {
            let (name, rest) = reader.rest.split_once('=')?;
            reader.rest = rest;
            let is_name = name.chars().all(|c| c == '_' || c.is_ascii_lowercase());
            let is_new = fields.insert(name.to_owned(), reader.value()?).is_none();
            (is_name && is_new).then_some(())
        })?;
        let choice = CHOICES.iter().find(|(name, _)| *name == word);
        Some(match choice {
            Some((_, choice)) => Map::from_iter([((*choice).to_owned(), fields.into())]).into(),
            None => fields.into(),
        })
    }

    /// Reads what commas separate, the last of which may stand before the end.
    fn parts(
        &mut self,
        opening: &str,
        closing: &str,
        mut part: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        self.word(opening).then_some(())?;
        while !self.word(closing) {
            part(self)?;
            if !self.word(",") {
                return self.word(closing).then_some(());
            }
        }
        Some(())
    }

    fn literal(&mut self) -> Option<String> {
        self.skip();
        let is_unicode = self.rest.starts_with('u');
        let mut chars = self.rest[usize::from(is_unicode)..].chars();
        let mark = chars.next().filter(|c| ['\'', '"'].contains(c))?;
        let mut text = String::new();
        loop {
            match chars.next()? {
                c if c == mark => break,
                '\\' => text.push(escaped(&mut chars, is_unicode)?),
                c @ ' '..='~' => text.push(c),
                _ => return None,
            }
        }
        self.rest = chars.as_str();
        // A mark that follows at once would begin another kind of literal.
        (!self.rest.starts_with(['\'', '"'])).then_some(text)
    }

    /// Skips white space, then `word` if it is next, then white space.
    fn word(&mut self, word: &str) -> bool {
        self.skip();
        let Some(rest) = self.rest.strip_prefix(word) else {
            return false;
        };
        self.rest = rest;
        if word != "]" || rest != "\n" {
            self.skip();
        }
        true
    }

    fn skip(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\n']);
    }
}

fn escaped(chars: &mut std::str::Chars<'_>, is_unicode: bool) -> Option<char> {
    let digits = match chars.next()? {
        'n' => return Some('\n'),
        'r' => return Some('\r'),
        't' => return Some('\t'),
        c @ ('\\' | '\'' | '"') => return Some(c),
        'x' => 2,
        'u' if is_unicode => 4,
        'U' if is_unicode => 8,
        _ => return None,
    };
    let (code, rest) = chars.as_str().split_at_checked(digits)?;
    *chars = rest.chars();
    let c = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
    (is_unicode || c.is_ascii()).then_some(c)
}
