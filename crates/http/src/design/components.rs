//! The design system's components.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, context};

use super::embedded::COMPONENT_TEMPLATES;
use super::{attributes, filters};

/// The environment that NHS England's templates expect.
#[derive(Debug)]
pub(super) struct Components {
    environment: Environment<'static>,
}

impl Components {
    pub(super) fn new() -> Result<Self, Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_syntax(blocks_on_own_lines()?);
        environment
            .set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.add_filter("length", filters::length);
        environment.add_filter("truncate", filters::truncate);
        environment.add_function("nhsukAttributes", attributes::attributes);
        for (name, source) in COMPONENT_TEMPLATES {
            environment.add_template_owned(*name, source.replace(attributes::IMPORT, "{#- -#}"))?;
        }
        Ok(Self { environment })
    }

    /// Renders one component. The result is safe HTML: whatever the parameters hold was escaped, save those called
    /// `html`, which the design system defines as taken as they are. `content` is what a component that surrounds
    /// something surrounds; a text in it is escaped.
    pub(super) fn render(
        &self,
        component: &str,
        parameters: &Value,
        content: Option<Value>,
    ) -> Result<Value, Error> {
        let name = format!("nhsuk/components/{component}/template.jinja");
        let template = self.environment.get_template(&name)?;
        // The templates ask for the content as a Jinja macro would: by calling `caller`.
        let html = match content.map(|content| Value::from_function(move || content.clone())) {
            Some(caller) => template.render(context! { params => parameters, caller })?,
            None => template.render(context! { params => parameters })?,
        };
        Ok(Value::from_safe_string(html.trim().to_owned()))
    }
}

/// A line that holds only a block's tag leaves nothing in the page.
pub(super) fn blocks_on_own_lines() -> Result<SyntaxConfig, Error> {
    SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()
}

/// The parameters without those that are `none`; an error if one is undefined, which a typing error makes.
pub(super) fn given(value: &Value) -> Result<Value, Error> {
    match value.kind() {
        ValueKind::Map => {
            let mut kept = Vec::with_capacity(value.len().unwrap_or(0));
            for key in value.try_iter()? {
                let item = value.get_item(&key)?;
                if item.is_undefined() {
                    let message =
                        format!("the parameter {key} is undefined; say `none` to leave it out");
                    return Err(Error::new(ErrorKind::UndefinedError, message));
                }
                if !item.is_none() {
                    kept.push((key, given(&item)?));
                }
            }
            Ok(Value::from_pairs(kept))
        }
        ValueKind::Seq | ValueKind::Iterable => {
            let items: Result<Vec<Value>, Error> =
                value.try_iter()?.map(|item| given(&item)).collect();
            Ok(Value::from(items?))
        }
        _ => Ok(value.clone()),
    }
}

#[cfg(test)]
#[path = "components_tests.rs"]
mod tests;
