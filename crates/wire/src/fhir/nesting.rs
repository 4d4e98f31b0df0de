//! A cap on nesting, before anything is parsed.

/// The deepest nesting of objects and arrays that is read. FHIR's own resources stay under twenty.
pub const DEEPEST: usize = 64;

/// Whether JSON text nests deeper than [`DEEPEST`]. Brackets within strings don't count; the text need not be valid.
pub fn too_deep(json: &[u8]) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => {
                depth += 1;
                if depth > DEEPEST {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_brackets_outside_strings_count() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(!too_deep(nested(DEEPEST).as_bytes()));
        assert!(too_deep(nested(DEEPEST + 1).as_bytes()));
        assert!(!too_deep(format!("\"{}\\\"{}\"", "[".repeat(99), "{".repeat(99)).as_bytes()));
    }
}
