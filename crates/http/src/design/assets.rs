//! The files that pages load, embedded in the program.

use super::embedded::ASSETS;

/// One file as it is served. Its address changes with its content, so browsers may keep it for ever.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Asset {
    /// The media type, with the character set for texts.
    pub mime: &'static str,
    /// The content, uncompressed.
    pub bytes: &'static [u8],
    /// A strong entity tag in its quotation marks (RFC 9110, section 8.8.3).
    pub etag: &'static str,
}

/// Finds the file for the part of the address that follows `/assets/`.
pub fn asset(path: &str) -> Option<Asset> {
    let (_, _, etag, bytes) = ASSETS.iter().find(|(_, hashed, ..)| *hashed == path)?;
    Some(Asset { mime: mime(path), bytes, etag })
}

/// The address of a file of `assets/` or of the design system, such as `kinfold.css`.
pub fn asset_url(name: &str) -> Option<String> {
    let (_, hashed, ..) = ASSETS.iter().find(|(plain, ..)| *plain == name)?;
    Some(format!("/assets/{hashed}"))
}

fn mime(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_asset_is_served_with_a_type_that_browsers_accept() {
        for (name, path, ..) in ASSETS {
            assert_ne!(asset(path).unwrap().mime, "application/octet-stream", "{name}");
        }
        let css = asset(asset_url("nhsuk-frontend.css").unwrap().strip_prefix("/assets/").unwrap());
        assert_eq!(css.unwrap().mime, "text/css; charset=utf-8");
    }

    #[test]
    fn no_asset_loads_anything_from_another_host() {
        for (name, _, _, bytes) in ASSETS {
            let text = String::from_utf8_lossy(bytes);
            for outside in ["url(http", "url(//", "@import", "from \"http", "sourceMappingURL"] {
                assert!(!text.contains(outside), "{name} contains {outside}");
            }
        }
    }

    #[test]
    fn what_assets_refer_to_exists() {
        for (name, _, _, bytes) in ASSETS {
            let text = String::from_utf8_lossy(bytes);
            for rest in text.split("/assets/").skip(1) {
                let path: String = rest.chars().take_while(|c| !"\")' ".contains(*c)).collect();
                assert!(asset(&path).is_some(), "{name} refers to /assets/{path}");
            }
        }
    }

    #[test]
    fn an_unknown_or_climbing_path_finds_nothing() {
        assert_eq!(asset("kinfold.css"), None, "only hashed names are served");
        assert_eq!(asset("../Cargo.toml"), None);
        assert_eq!(asset(""), None);
    }
}
