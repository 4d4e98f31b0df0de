//! Our own pages.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, context};
use serde::Serialize;

use super::asset_url;
use super::components::{Components, blocks_on_own_lines, given};
use super::embedded::PAGE_TEMPLATES;
use super::fixed;
use super::frame::Frame;

/// How many frames are kept: a few sections for each of some hundred employees.
const KEPT_FRAMES: usize = 2048;

/// A page that could not be rendered. The text may quote a template, never a value.
#[derive(Debug, thiserror::Error)]
#[error("the page could not be rendered: {kind} in {template}, line {line}")]
pub struct DesignError {
    kind: ErrorKind,
    template: String,
    line: usize,
}

impl From<Error> for DesignError {
    fn from(error: Error) -> Self {
        Self {
            kind: error.kind(),
            template: error.name().unwrap_or("a template").to_owned(),
            line: error.line().unwrap_or(0),
        }
    }
}

/// Every page's template, compiled, and the frames that were rendered so far.
#[derive(Debug)]
pub struct Pages {
    environment: Environment<'static>,
    frames: RwLock<HashMap<Frame, Arc<Surroundings>>>,
}

#[derive(Debug)]
struct Surroundings {
    agency: Value,
    header: Value,
    /// For a page whose form goes along when the screen is locked.
    keeping: Value,
    footer: Value,
}

impl Pages {
    /// Compiles all templates. `configure` adds the filters and functions that the pages use beside `nhs` and `asset`.
    pub fn new(configure: impl FnOnce(&mut Environment<'static>)) -> Result<Self, DesignError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_syntax(blocks_on_own_lines()?);
        environment.add_function("nhs", component_function(Components::new()?));
        environment.add_function("asset", asset_function);
        configure(&mut environment);
        let mut kept = Vec::new();
        for (name, source) in PAGE_TEMPLATES {
            let render = |call: &str| environment.render_str(call, ()).map(Value::from_safe_string);
            let rewritten = fixed::take_out(source, &mut kept, render)
                .map_err(|error| DesignError { template: (*name).to_owned(), ..error.into() })?;
            environment.add_template_owned(*name, rewritten)?;
        }
        environment.add_function("fixed", move |place: usize| kept.get(place).cloned());
        Ok(Self { environment, frames: RwLock::default() })
    }

    /// Renders `templates/PAGE`, which extends `layout.html`, within its frame.
    pub fn render(
        &self,
        page: &str,
        frame: &Frame,
        content: impl Serialize,
    ) -> Result<String, DesignError> {
        let surroundings = self.surroundings(frame)?;
        let content = Value::from(Serde(content));
        let template = self.environment.get_template(page)?;
        Ok(template.render(context! {
            agency => surroundings.agency.clone(),
            signed_in => frame.account.is_some(),
            frame_header => surroundings.header.clone(),
            keeping_header => surroundings.keeping.clone(),
            frame_footer => surroundings.footer.clone(),
            ..content
        })?)
    }

    /// Renders a template that is no page of its own, such as a part that the browser exchanges.
    pub fn render_part(&self, part: &str, content: impl Serialize) -> Result<String, DesignError> {
        let template = self.environment.get_template(part)?;
        Ok(template.render(Value::from(Serde(content)))?)
    }

    fn surroundings(&self, frame: &Frame) -> Result<Arc<Surroundings>, DesignError> {
        let kept = self.frames.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept.get(frame) {
            return Ok(Arc::clone(found));
        }
        drop(kept);

        let part = |name, keeping| {
            let content = context! { keeping, ..Value::from(Serde(frame)) };
            let template = self.environment.get_template(name)?;
            template.render(content).map(Value::from_safe_string)
        };
        let made = Arc::new(Surroundings {
            agency: Value::from(frame.agency.as_str()),
            header: part("header.html", false)?,
            keeping: part("header.html", true)?,
            footer: part("footer.html", false)?,
        });
        let mut kept = self.frames.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_FRAMES {
            kept.clear();
        }
        kept.insert(frame.clone(), Arc::clone(&made));
        Ok(made)
    }
}

/// `nhs(component, parameters, content)`; the last two may be left out.
fn component_function(
    components: Components,
) -> impl Fn(&str, Option<Value>, Option<Value>) -> Result<Value, Error> + Send + Sync + 'static {
    move |component, parameters, content| {
        let parameters = given(&parameters.unwrap_or_else(|| context! {}))?;
        #[cfg(debug_assertions)]
        super::parameters::check(component, &parameters)?;
        components.render(component, &parameters, content)
    }
}

/// `asset(name)`: the address of an embedded file.
fn asset_function(name: &str) -> Result<Value, Error> {
    asset_url(name)
        .map(Value::from_safe_string)
        .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("there is no asset {name}")))
}

#[cfg(test)]
#[path = "pages_tests.rs"]
mod tests;
