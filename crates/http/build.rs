//! Embeds the design system and our own pages: copies what the pages load into `OUT_DIR` under names that hold a
//! hash of the content, and writes the tables that `design` includes.
#![allow(clippy::print_stdout, reason = "build scripts speak to cargo on standard output")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// File name → content, for everything that is served below `/assets/`.
type Assets = BTreeMap<String, Vec<u8>>;

fn main() -> Result<()> {
    let here = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let vendor = here.join("vendor");
    for watched in ["build.rs", "assets", "templates", "vendor/locks"] {
        println!("cargo::rerun-if-changed={watched}");
    }

    let frontend = vendor.join("npm/node_modules/nhsuk-frontend/dist/nhsuk");
    let components = vendor.join("python/nhsuk_frontend_jinja/templates");
    if !frontend.is_dir() || !components.is_dir() {
        println!(
            "cargo::error=the NHS design system is not in crates/http/vendor: run `cargo xtask setup`"
        );
        return Ok(());
    }

    let mut tables = String::new();
    write_assets(&mut tables, &out, &frontend, &here.join("assets"))?;
    write_templates(&mut tables, "COMPONENT_TEMPLATES", &components)?;
    write_templates(&mut tables, "PAGE_TEMPLATES", &here.join("templates"))?;
    write_parameters(&mut tables, &frontend.join("components"))?;
    fs::write(out.join("design.rs"), tables)?;
    Ok(())
}

/// Images first, then style sheets, then scripts (theirs before ours): each may name what came before it, and our scripts one another, as
/// `/assets/NAME`, which becomes the name with the hash.
fn write_assets(tables: &mut String, out: &Path, frontend: &Path, ours: &Path) -> Result<()> {
    let css = without_outside_fonts(&fs::read_to_string(frontend.join("nhsuk-frontend.min.css"))?)?;
    let mut images = Assets::new();
    for icon in names_after(&css, "url(/assets/images/") {
        let file = frontend.join("assets/images").join(&icon);
        images.insert(format!("images/{icon}"), fs::read(file)?);
    }
    let mut styles = Assets::from([("nhsuk-frontend.css".to_owned(), css.into_bytes())]);
    let script = fs::read_to_string(frontend.join("nhsuk-frontend.min.js"))?;
    let theirs =
        Assets::from([("nhsuk-frontend.js".to_owned(), without_source_map(&script).into_bytes())]);
    let mut scripts = Assets::new();
    for file in files(ours)? {
        let group = match file.extension().and_then(|extension| extension.to_str()) {
            Some("css") => &mut styles,
            Some("js") => &mut scripts,
            _ => &mut images,
        };
        group.insert(relative(ours, &file)?, fs::read(&file)?);
    }

    let mut hashed = BTreeMap::new();
    for (name, bytes) in
        images.into_iter().chain(styles).chain(theirs).chain(after_what_they_name(scripts)?)
    {
        let bytes = with_hashed_references(&name, bytes, &hashed)?;
        let hash = fnv1a(&bytes);
        let path = match name.rsplit_once('.') {
            Some((stem, extension)) => format!("{stem}-{hash:016x}.{extension}"),
            None => return Err(format!("{name} has no extension").into()),
        };
        let file = out.join("assets").join(&path);
        fs::create_dir_all(file.parent().unwrap_or(out))?;
        fs::write(&file, bytes)?;
        hashed.insert(name, path);
    }

    tables.push_str("pub(super) static ASSETS: &[(&str, &str, &str, &[u8])] = &[\n");
    for (name, path) in &hashed {
        let file = out.join("assets").join(path);
        let etag = format!("\"{:016x}\"", fnv1a(&fs::read(&file)?));
        writeln!(
            tables,
            "    ({name:?}, {path:?}, {etag:?}, include_bytes!({})),",
            literal(&file)?
        )?;
    }
    tables.push_str("];\n");
    Ok(())
}

/// Scripts in an order in which each comes after those that it names.
fn after_what_they_name(mut left: Assets) -> Result<Vec<(String, Vec<u8>)>> {
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let names_none = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            !left.keys().any(|name| text.contains(&format!("\"/assets/{name}\"")))
        };
        let next = left.iter().find(|(_, bytes)| names_none(bytes)).map(|(name, _)| name.clone());
        let next = next.ok_or("scripts name one another in a circle")?;
        ordered.extend(left.remove_entry(&next));
    }
    Ok(ordered)
}

fn write_templates(tables: &mut String, table: &str, folder: &Path) -> Result<()> {
    writeln!(tables, "pub(super) static {table}: &[(&str, &str)] = &[")?;
    for file in files(folder)? {
        let extension = file.extension().and_then(|extension| extension.to_str());
        if matches!(extension, Some("html" | "jinja")) {
            let name = relative(folder, &file)?;
            writeln!(tables, "    ({name:?}, include_str!({})),", literal(&file)?)?;
        }
    }
    tables.push_str("];\n");
    Ok(())
}

/// What each component's documentation says that its parameters are called.
fn write_parameters(tables: &mut String, components: &Path) -> Result<()> {
    tables.push_str("#[cfg(debug_assertions)]\n");
    tables.push_str("pub(super) static PARAMETERS: &[(&str, &str)] = &[\n");
    for file in files(components)? {
        if file.ends_with("macro-options.json") {
            let component = relative(components, file.parent().unwrap_or(components))?;
            writeln!(tables, "    ({component:?}, include_str!({})),", literal(&file)?)?;
        }
    }
    tables.push_str("];\n");
    Ok(())
}

/// Drops the rules that load a font from another host; Arial, which follows in every font list, takes over.
fn without_outside_fonts(css: &str) -> Result<String> {
    let mut kept = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, rule)) = rest.split_once("@font-face{") {
        let (body, after) = rule.split_once('}').ok_or("a @font-face rule has no end")?;
        kept.push_str(before);
        if !body.contains("//") {
            write!(kept, "@font-face{{{body}}}")?;
        }
        rest = after;
    }
    kept.push_str(rest);
    if kept.contains("url(http") || kept.contains("url(//") || kept.contains("@import") {
        return Err("the design system's style sheet loads something from another host".into());
    }
    Ok(without_source_map(&kept))
}

fn without_source_map(text: &str) -> String {
    let kept: Vec<&str> = text
        .lines()
        .map(|line| match line.find("//# sourceMappingURL=") {
            Some(at) => &line[..at],
            None => line.find("/*# sourceMappingURL=").map_or(line, |at| &line[..at]),
        })
        .collect();
    kept.join("\n")
}

/// Every name that follows a prefix up to a closing parenthesis, each once.
fn names_after(text: &str, prefix: &str) -> Vec<String> {
    let mut names: Vec<String> = text
        .split(prefix)
        .skip(1)
        .filter_map(|rest| Some(rest.split_once(')')?.0.into()))
        .collect();
    names.sort();
    names.dedup();
    names
}

fn with_hashed_references(
    name: &str,
    bytes: Vec<u8>,
    hashed: &BTreeMap<String, String>,
) -> Result<Vec<u8>> {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    if !matches!(extension, Some("css" | "js")) {
        return Ok(bytes);
    }
    let mut text = String::from_utf8(bytes)?;
    for (name, path) in hashed {
        text = text.replace(&format!("/assets/{name}"), &format!("/assets/{path}"));
    }
    Ok(text.into_bytes())
}

/// FNV-1a, 64 bits: tells versions of a file apart, protects nothing.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// All files below a folder, in the order of their paths.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// A path as a Rust string literal.
fn literal(file: &Path) -> Result<String> {
    Ok(format!("{:?}", file.to_str().ok_or("a file's name is not UTF-8")?))
}

fn relative(folder: &Path, file: &Path) -> Result<String> {
    Ok(file.strip_prefix(folder)?.to_str().ok_or("a file's name is not UTF-8")?.to_owned())
}
