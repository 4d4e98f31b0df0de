//! The queries of a mapping: one SELECT each, and nothing that a parameter could change.

/// A query that was looked at before it is ever sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Statement {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Part {
    Sql(String),
    Person,
}

/// Words that begin something other than reading. Databases forbid it too; here the operator learns it before the start.
const WRITING: [&str; 22] = [
    "insert", "update", "delete", "merge", "drop", "alter", "create", "truncate", "grant",
    "revoke", "copy", "call", "do", "attach", "detach", "pragma", "vacuum", "begin", "commit",
    "rollback", "into", "set",
];

impl Statement {
    /// Looks at a query. `for_person`: it must contain `$person`; otherwise it must not.
    pub(super) fn parse(query: &str, for_person: bool) -> Result<Self, String> {
        let query = query.trim().trim_end_matches(';').trim_end();
        if query.len() > 64 * 1024 {
            return Err("the query is longer than 64 KiB".to_owned());
        }
        let mut reader =
            Reader { rest: query, sql: String::new(), parts: Vec::new(), depth: 0, first: None };
        reader.read()?;
        match reader.first.as_deref() {
            Some("select" | "with") => {}
            _ => return Err("the query must be one SELECT (it may begin with WITH)".to_owned()),
        }
        if reader.depth != 0 {
            return Err("the query's parentheses don't match".to_owned());
        }
        reader.parts.push(Part::Sql(std::mem::take(&mut reader.sql)));
        let statement = Self { parts: reader.parts };
        match (for_person, statement.parts.contains(&Part::Person)) {
            (true, false) => Err(
                "the query must be about one person: use $person, as in WHERE person_id = $person"
                    .to_owned(),
            ),
            (false, true) => {
                Err("$person has no meaning here: this query reads everybody".to_owned())
            }
            _ => Ok(statement),
        }
    }

    /// The SQL, with `person` in the place of `$person`.
    pub(super) fn sql(&self, person: &str) -> String {
        let text = |part: &Part| match part {
            Part::Sql(sql) => sql.clone(),
            Part::Person => person.to_owned(),
        };
        self.parts.iter().map(text).collect()
    }
}

struct Reader<'a> {
    rest: &'a str,
    sql: String,
    parts: Vec<Part>,
    depth: usize,
    first: Option<String>,
}

impl Reader<'_> {
    fn read(&mut self) -> Result<(), String> {
        while let Some(next) = self.rest.chars().next() {
            match next {
                '\'' | '"' | '`' => self.quoted(next)?,
                '[' if self.rest[1..].starts_with(|c: char| c.is_alphabetic()) => {
                    self.until(']')?;
                }
                '-' if self.rest.starts_with("--") => self.line_comment(),
                '/' if self.rest.starts_with("/*") => self.block_comment()?,
                ';' => {
                    return Err(
                        "the query must be one statement: there is a semicolon in it".to_owned()
                    );
                }
                '$' => self.parameter()?,
                '?' => return Err("? is no parameter here; the person is $person".to_owned()),
                '(' => {
                    self.depth += 1;
                    self.keep(1);
                }
                ')' => {
                    self.depth =
                        self.depth.checked_sub(1).ok_or("the query's parentheses don't match")?;
                    self.keep(1);
                }
                c if c.is_alphabetic() || c == '_' => self.word()?,
                c => self.keep(c.len_utf8()),
            }
        }
        Ok(())
    }

    fn keep(&mut self, bytes: usize) {
        let (kept, rest) = self.rest.split_at(bytes);
        self.sql.push_str(kept);
        self.rest = rest;
    }

    fn quoted(&mut self, quote: char) -> Result<(), String> {
        self.keep(1);
        self.until(quote)
    }

    /// A doubled quote ends and begins again, which comes to the same.
    fn until(&mut self, end: char) -> Result<(), String> {
        let at = self
            .rest
            .find(end)
            .ok_or_else(|| format!("the query has a {end} that is missing its partner"))?;
        if end == '\'' && self.rest[..at].contains('\\') {
            return Err("backslashes within quotes mean different things to different databases; avoid them".to_owned());
        }
        self.keep(at + 1);
        Ok(())
    }

    /// Comments are dropped: one at the end would hide what is put around the query.
    fn line_comment(&mut self) {
        self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        self.sql.push('\n');
    }

    fn block_comment(&mut self) -> Result<(), String> {
        // The star of the beginning is not that of the end: `/*/` is open.
        let inside = &self.rest[2..];
        let end = inside.find("*/").ok_or("a comment of the query doesn't end")?;
        if inside[..=end].contains("/*") {
            return Err("comments within comments are not read".to_owned());
        }
        self.rest = &inside[end + 2..];
        self.sql.push(' ');
        Ok(())
    }

    fn parameter(&mut self) -> Result<(), String> {
        let end = self.rest[1..].find(|c: char| !(c.is_alphanumeric() || c == '_'));
        let name = &self.rest[1..end.map_or(self.rest.len(), |end| end + 1)];
        if name != "person" {
            return Err("the only parameter is $person".to_owned());
        }
        self.rest = &self.rest["$person".len()..];
        self.parts.push(Part::Sql(std::mem::take(&mut self.sql)));
        self.parts.push(Part::Person);
        Ok(())
    }

    fn word(&mut self) -> Result<(), String> {
        let end =
            self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(self.rest.len());
        let word = self.rest[..end].to_lowercase();
        // E'…', U&'…' and dollar quoting would let a quote hide.
        if self.rest[end..].starts_with('\'') && matches!(word.as_str(), "e" | "b" | "x" | "n") {
            return Err("only plain '…' texts are read".to_owned());
        }
        if WRITING.contains(&word.as_str()) {
            return Err(format!(
                "the query must only read: it says {}. Put double quotes around a column of that name",
                word.to_uppercase()
            ));
        }
        self.first.get_or_insert(word);
        self.keep(end);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_select_is_taken_and_its_comments_dropped() {
        let sql = "-- people\nSELECT a, 'it''s; $person' AS \"update\" /* x; */ FROM t WHERE id = $person; ";
        let statement = Statement::parse(sql, true).unwrap();
        assert_eq!(
            statement.sql("CAST($1 AS BIGINT)"),
            "\nSELECT a, 'it''s; $person' AS \"update\"   FROM t WHERE id = CAST($1 AS BIGINT)"
        );
        for fine in [
            "WITH x AS (SELECT 1 AS id) SELECT * FROM x",
            "select [order no] from t",
            "SELECT updated, offset_x FROM t",
            "SELECT 1 /*/ one */ FROM t",
            "SELECT 1 /**/ FROM t",
        ] {
            assert!(Statement::parse(fine, false).is_ok(), "{fine}");
        }
    }

    #[test]
    fn whatever_could_do_more_than_read_is_refused() {
        for bad in [
            "",
            "DELETE FROM t",
            "SELECT 1; DROP TABLE t",
            "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x",
            "SELECT * INTO y FROM t",
            "PRAGMA query_only = off",
            "SELECT 1) AS q; --",
            "SELECT (1",
            "SELECT 1 FROM t) AS q, (SELECT 2",
            "SELECT 'open",
            "SELECT $1",
            "SELECT $$x$$",
            "SELECT ?",
            "SELECT /* open",
            "SELECT 1 /*/ FROM t",
            "SELECT 1 /* /*/ FROM t",
            "SELECT E'\\''",
            "SELECT '\\'",
            "VALUES (1)",
            "SELECT 1 WHERE id = $person",
        ] {
            assert!(Statement::parse(bad, false).is_err(), "{bad}");
        }
        assert!(Statement::parse("SELECT 1", true).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in ".*", sql in "(SELECT|[$'\"();/*-]|person|é| )*") {
            let _ = Statement::parse(&text, true);
            let _ = Statement::parse(&sql, false);
        }
    }
}
