//! JSON without the secrets in its texts.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{Key, Known, Mask, all_covered, is_value, key};

/// What is known of the table or list that is being read.
#[derive(Default)]
struct Frame {
    /// The key whose value comes.
    key: String,
    /// What something in this table is called, if that tells.
    named: Option<Key>,
    /// Whether what comes is a key.
    is_key_next: bool,
    is_table: bool,
}

/// Names of fields that say what the field beside them is.
const NAMES: &[&str] = &["name", "key", "path"];

/// JSON, with each secret in its texts and keys hidden: those that they show, those that the keys around
/// them tell, and the same ones elsewhere in it.
pub fn hide_in_json(json: &str) -> Cow<'_, str> {
    let hidden = Mask::default().hide_in_json(json);
    if let Cow::Owned(_) = hidden {
        let mut known = Known::default();
        known.learn_json(json);
        return Cow::Owned(known.mask().hide_in_json(json).into_owned());
    }
    hidden
}

impl Known {
    /// Learns the secrets of all texts in some JSON.
    pub fn learn_json(&mut self, json: &str) {
        replaced(json, |kind, text| {
            match kind.filter(|kind| is_value(*kind, text)) {
                Some(_) => self.learn_secret(text),
                None => {
                    self.learn(text);
                }
            }
            None
        });
    }
}

impl Mask {
    /// JSON, with each secret in its texts and keys hidden, and each that is known.
    pub fn hide_in_json<'t>(&self, json: &'t str) -> Cow<'t, str> {
        replaced(json, |kind, text| {
            if kind.is_some_and(|kind| is_value(kind, text)) {
                return Some(all_covered(text));
            }
            match self.hide(text) {
                Cow::Owned(hidden) => Some(hidden),
                Cow::Borrowed(_) => None,
            }
        })
    }

    /// The value at `path`, with each secret in it hidden, those too that the path tells.
    ///
    /// # Panics
    /// Never: hiding leaves JSON what it is.
    pub fn hide_in_value(&self, path: &str, value: &Value) -> Value {
        let named = json!({ "path": path, "value": value }).to_string();
        match self.hide_in_json(&named) {
            Cow::Borrowed(_) => value.clone(),
            Cow::Owned(hidden) => {
                let mut named: Value =
                    serde_json::from_str(&hidden).expect("hiding keeps JSON what it is");
                named["value"].take()
            }
        }
    }
}

/// JSON, with what `replace` puts in the place of texts: it gets each of them, keys included, with what its
/// surroundings say that it is.
fn replaced(
    json: &str,
    mut replace: impl FnMut(Option<Key>, &str) -> Option<String>,
) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    let mut frames = vec![Frame::default()];
    let bytes = json.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'{' => frames.push(Frame {
                is_key_next: true,
                is_table: true,
                ..Frame::default()
            }),
            b'[' => {
                // The items of a list are what the list is called.
                let key = frames
                    .last()
                    .map(|frame| frame.key.clone())
                    .unwrap_or_default();
                frames.push(Frame {
                    key,
                    ..Frame::default()
                });
            }
            b'}' | b']' if frames.len() > 1 => {
                frames.pop();
            }
            b',' => {
                if let Some(frame) = frames.last_mut() {
                    frame.is_key_next = frame.is_table;
                }
            }
            b'"' => {
                let end = end_of_string(bytes, at);
                let raw = &json[at..end];
                let text: Cow<'_, str> = if raw.contains('\\') {
                    serde_json::from_str::<String>(raw).map_or(Cow::Borrowed(raw), Cow::Owned)
                } else {
                    Cow::Borrowed(raw.trim_matches('"'))
                };
                let kind = frames.last_mut().and_then(|frame| frame.kind(&text));
                if let Some(hidden) = replace(kind, &text) {
                    out.push_str(&json[copied..at]);
                    out.push_str(&serde_json::to_string(&hidden).expect("a text becomes JSON"));
                    copied = end;
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    out.push_str(&json[copied..]);
    Cow::Owned(out)
}

impl Frame {
    /// Notes what a text says of those that come, and tells what it is.
    fn kind(&mut self, text: &str) -> Option<Key> {
        if self.is_key_next {
            self.is_key_next = false;
            self.key.clear();
            self.key.push_str(text);
            return None;
        }
        let is_name = NAMES.contains(&self.key.as_str());
        if is_name {
            self.named = name_in(text).and_then(key);
        }
        key(&self.key).or(self.named.filter(|_| !is_name))
    }
}

/// The name at the end of a path: `metadata[NAME].value`.
pub fn name_in(path: &str) -> Option<&str> {
    let path = path.strip_suffix(".value").unwrap_or(path);
    let path = path.strip_suffix(']').unwrap_or(path);
    path.rsplit(['.', '[']).next()
}

fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::hide_in_json;

    #[test]
    fn texts_and_what_keys_tell() {
        let check = |json: &str, expected: &str| assert_eq!(hide_in_json(json), expected);
        check(
            r#"{"cmdline": "mysql -p'hun\"ter2' x", "n": 1}"#,
            r#"{"cmdline": "mysql -p'********' x", "n": 1}"#,
        );
        check(
            r#"[{"key": "password", "value": "hunter2"}, {"key": "note", "value": "hunter2"}]"#,
            r#"[{"key": "password", "value": "*******"}, {"key": "note", "value": "*******"}]"#,
        );
        check(
            r#"{"fields": [{"path": "metadata[password].value", "old": "a1b2", "new": null}]}"#,
            r#"{"fields": [{"path": "metadata[password].value", "old": "****", "new": null}]}"#,
        );
        check(
            r#"{"--password=hunter2": {"a": []}}"#,
            r#"{"--password=*******": {"a": []}}"#,
        );
        check(
            r#"{"a": "b", "c": ["d", {}], "e": "f"}"#,
            r#"{"a": "b", "c": ["d", {}], "e": "f"}"#,
        );
    }
}
