//! Shares, chances over several attempts, and quantiles of t: single figures of evaluations.

use super::case;
use seawall_domain::evaluation::statistics::pass::{pass_all, pass_at};
use seawall_domain::evaluation::statistics::proportion::{clopper_pearson, wilson};
use seawall_domain::evaluation::statistics::special::t_quantile;
use seawall_domain::evaluation::statistics::{Alpha, Bounds, Undefined};
use serde::Deserialize;
use serde_json::{Value, json};

/// The level of error where a case names none.
const ALPHA: f64 = 0.05;

#[derive(Deserialize)]
struct Share {
    #[serde(alias = "c", alias = "k", alias = "x", alias = "successes", alias = "correct")]
    passes: u32,
    #[serde(alias = "n", alias = "trials", alias = "total", alias = "nobs")]
    attempts: u32,
    alpha: Option<f64>,
    #[serde(alias = "level")]
    confidence: Option<f64>,
    #[serde(default)]
    sides: Sides,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(try_from = "u8")]
enum Sides {
    #[default]
    One,
    Two,
}

impl TryFrom<u8> for Sides {
    type Error = &'static str;

    fn try_from(sides: u8) -> Result<Sides, &'static str> {
        match sides {
            1 => Ok(Sides::One),
            2 => Ok(Sides::Two),
            _ => Err("an interval has 1 or 2 sides"),
        }
    }
}

/// `{"passes":…,"attempts":…,"alpha":…}`: each bound one-sided at alpha, or with `"sides":2` both
/// together; the interval with two sides stands beside in any case.
pub(super) fn share(text: &str) -> Result<Value, String> {
    let asked: Share = case(text)?;
    let level = asked.alpha.or(asked.confidence.map(|level| 1.0 - level)).unwrap_or(ALPHA);
    let at = |alpha: f64| -> Result<Value, Undefined> {
        let alpha = Alpha::new(alpha)?;
        let score = wilson(asked.passes, asked.attempts, alpha)?;
        let exact = clopper_pearson(asked.passes, asked.attempts, alpha)?;
        Ok(json!({
            "lower": score.lower, "upper": score.upper, "clopper_pearson": ends(exact),
        }))
    };
    let two = at(level / 2.0).map_err(|why| why.to_string())?;
    let mut said = match asked.sides {
        Sides::One => at(level).map_err(|why| why.to_string())?,
        Sides::Two => two.clone(),
    };
    said["two_sided"] = two;
    Ok(said)
}

fn ends(bounds: Bounds) -> Value {
    json!({"lower": bounds.lower, "upper": bounds.upper})
}

#[derive(Deserialize)]
struct Several {
    #[serde(alias = "attempts", alias = "trials", alias = "samples")]
    n: u32,
    #[serde(alias = "passes", alias = "successes", alias = "correct")]
    c: u32,
    k: u32,
}

/// `{"n":…,"c":…,"k":…}`: the chance that one of `k` attempts passes, and that each does; null
/// where `n` is below `k`.
pub(super) fn several(text: &str) -> Result<Value, String> {
    let Several { n, c, k } = case(text)?;
    let told = |chance: Result<f64, Undefined>| match chance {
        Ok(chance) => Ok(Some(chance)),
        Err(Undefined::FewAttempts) => Ok(None),
        Err(why) => Err(why.to_string()),
    };
    Ok(json!({"pass_at": told(pass_at(c, n, k))?, "pass_all": told(pass_all(c, n, k))?}))
}

#[derive(Deserialize)]
struct Quantile {
    #[serde(alias = "q", alias = "prob", alias = "probability")]
    p: f64,
    #[serde(alias = "dof", alias = "nu", alias = "degrees", alias = "degrees_of_freedom")]
    df: f64,
}

/// `{"p":…,"df":…}`.
pub(super) fn quantile(text: &str) -> Result<Value, String> {
    let Quantile { p, df } = case(text)?;
    Ok(json!({"t": t_quantile(p, df).map_err(|why| why.to_string())?}))
}
