//! What stands between Cedar's recursion and a text of unknown origin: a look at it beforehand, and room on the stack.

use std::thread;

use crate::PolicyError;

/// Bytes of one text.
const MAX_TEXT: usize = 64 << 10;
/// Bytes of one clause; 8 KiB are about two pages.
const MAX_CLAUSE: usize = 8 << 10;
/// Bytes of stack: a level of an expression takes up to 50 KiB without optimisation.
const STACK: usize = 16 << 20;
/// Brackets within brackets.
const MAX_DEPTH: usize = 24;
/// Operators and keywords that nest an expression without brackets.
const MAX_OPERATORS: usize = 128;

/// Refuses clauses so long or so deep that parsing or evaluating them could exhaust the stack.
pub(crate) fn check(text: &str) -> Result<(), PolicyError> {
    if text.len() > MAX_TEXT {
        return Err(PolicyError::TooLong { most: MAX_TEXT });
    }
    let mut clause = Clause::default();
    let (mut line, mut quoted, mut escaped, mut comment) = (1, false, false, false);
    let mut previous = ' ';
    for c in text.chars() {
        if c == '\n' {
            line += 1;
            comment = false;
        }
        if comment {
            continue;
        }
        if quoted {
            quoted = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            clause.bytes += c.len_utf8();
        } else if c == '"' {
            quoted = true;
        } else if c == '/' && previous == '/' {
            comment = true;
        } else if c == ';' {
            clause = Clause::default();
        } else if clause.line > 0 || !c.is_whitespace() {
            clause.line = if clause.line == 0 { line } else { clause.line };
            clause.take(c, previous);
        }
        if clause.is_too_much() {
            return Err(PolicyError::TooDeep { line: clause.line });
        }
        previous = if comment || quoted { ' ' } else { c };
    }
    Ok(())
}

/// Runs Cedar where the deepest clause that [`check`] lets through fits, whatever thread asks: Cedar measures the stack
/// that is left, and one node must not refuse what another accepts.
pub(crate) fn with_room<T: Send>(read: impl Fn() -> T + Send + Sync) -> T {
    thread::scope(|scope| {
        let reader = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, &read);
        match reader.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(value)) => value,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            // No thread to be had: the caller's own stack serves, or Cedar says that it is too small.
            Err(_) => read(),
        }
    })
}

#[derive(Default)]
struct Clause {
    /// Where it begins; 0 before it does.
    line: usize,
    bytes: usize,
    depth: usize,
    operators: usize,
}

impl Clause {
    fn take(&mut self, c: char, previous: char) {
        self.bytes += c.len_utf8();
        match c {
            '(' | '[' | '{' => self.depth += 1,
            ')' | ']' | '}' => self.depth = self.depth.saturating_sub(1),
            '&' | '|' | '!' | '-' | '+' | '*' | '.' | '<' | '>' | '=' => self.operators += 1,
            // The words that nest: if, then, else, in, is, has, like, unless, when.
            'a'..='z' if !previous.is_ascii_alphanumeric() && previous != '_' => self.words(c),
            _ => {}
        }
    }

    fn words(&mut self, first: char) {
        if matches!(first, 'i' | 't' | 'e' | 'h' | 'l' | 'u' | 'w') {
            self.operators += 1;
        }
    }

    const fn is_too_much(&self) -> bool {
        self.bytes > MAX_CLAUSE || self.depth > MAX_DEPTH || self.operators > MAX_OPERATORS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_that_nobody_could_review_is_refused_before_it_is_parsed() {
        let permit = |condition: &str| {
            format!("permit(principal, action, resource) when {{ {condition} }};")
        };
        for deep in [
            "(".repeat(100),
            "[".repeat(100),
            "true && ".repeat(200),
            "if true then true else ".repeat(200),
            format!("\"{}\"", "a".repeat(9000)),
            "context.a".repeat(400),
            "!".repeat(400),
            // Brackets within strings and comments count for nothing, in either direction.
            "( \")\" // )\n".repeat(60),
        ] {
            let text = format!("{}\n{}", permit("true"), permit(&deep));
            assert_eq!(check(&text), Err(PolicyError::TooDeep { line: 2 }), "{deep:.20}");
        }
        assert_eq!(check(&permit("\"((((\\\"((((((((((((((((((((((((((((\" == \"\"")), Ok(()));
        assert_eq!(check(&permit("true").repeat(300)), Ok(()));
    }
}
