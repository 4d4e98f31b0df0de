//! A look at a policy's text before Cedar's recursive parser sees it.

use crate::PolicyError;

/// Bytes of one clause; 8 KiB are about two pages.
const MAX_CLAUSE: usize = 8 << 10;
/// Brackets within brackets.
const MAX_DEPTH: usize = 24;
/// Operators and keywords that nest an expression without brackets.
const MAX_OPERATORS: usize = 256;

/// Refuses clauses so long or so deep that parsing or evaluating them could exhaust the stack.
pub(crate) fn check(text: &str) -> Result<(), PolicyError> {
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
