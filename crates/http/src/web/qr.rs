//! A QR code as an SVG picture.

use std::fmt::Write as _;

use qrcode::{Color, QrCode};

/// Light modules around the code (ISO/IEC 18004: four).
const QUIET: usize = 4;

/// The picture of a text, for whatever shall read it (fixed words); `None` when the text is too long for any code.
pub(super) fn svg(text: &str, reader: &'static str) -> Option<String> {
    let code = QrCode::new(text.as_bytes()).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (place, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (place % width + QUIET, place / width + QUIET);
            // Writing into a text cannot fail.
            let _ = write!(path, "M{x} {y}h1v1h-1z");
        }
    }
    let side = width + 2 * QUIET;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"kinfold-qr\" viewBox=\"0 0 {side} {side}\" role=\"img\" \
         aria-label=\"QR code for your {reader}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_code_is_a_picture_without_style_or_script() {
        let svg = super::svg("otpauth://totp/Northmoor:a.okafor?secret=ABC", "token app").unwrap();
        assert!(svg.starts_with("<svg") && svg.contains("role=\"img\""));
        assert!(!svg.contains("style") && !svg.contains("secret"));
        assert!(super::svg(&"a".repeat(10_000), "phone").is_none());
    }
}
