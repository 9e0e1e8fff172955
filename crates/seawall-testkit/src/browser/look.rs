//! What every visit of pages does: it presses what leads to the next page, and looks at the page
//! that is open.

use super::{Browser, Fault, Outcome, axe};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// axe-core, where `cargo xtask assets` puts it.
pub const AXE_JS: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/node_modules/axe-core/axe.min.js");

/// A phone and a desktop, in CSS pixels.
pub const WIDTHS: [u32; 2] = [390, 1280];

/// How high the window is while a page is looked at, in CSS pixels.
const HEIGHT: u32 = 900;

/// The next page has to be there within this time.
const PAGE_WAIT: Duration = Duration::from_secs(60);

/// The first elements that are wider than the window.
const STICKS_OUT: &str = "const wide = document.documentElement.clientWidth;
    return document.documentElement.scrollWidth <= wide ? [] :
    [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > wide + 1)
    .slice(0, 3).map(e => e.tagName + '.' + (e.getAttribute('class') || ''));";

impl Browser {
    /// Does something that leads to another page, and waits until that is there.
    pub fn lead(&mut self, act: impl FnOnce(&mut Browser) -> Outcome<()>) -> Outcome<()> {
        self.run("window.before = true", &[])?;
        act(self)?;
        let over = "return !window.before && document.readyState === 'complete'";
        let begin = Instant::now();
        // While one page gives way to the next, a script may find neither.
        while !self.run(over, &[]).is_ok_and(|over| over == true) {
            if begin.elapsed() > PAGE_WAIT {
                return Err(Fault("it leads to no page".to_owned()));
            }
            // Waiting for a foreign process: there is nothing to be told by.
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Presses the first thing that a selector finds, and waits for the page to which it leads.
    pub fn press(&mut self, css: &str) -> Outcome<()> {
        let pressed = self.lead(|browser| {
            let button = browser.find(css)?;
            browser.click(&button)
        });
        pressed.map_err(|fault| Fault(format!("{css}: {fault}")))
    }

    /// Checks the open page on a phone and on a desktop: nothing sticks out, and axe finds nothing,
    /// with everything unfolded. Where `SEAWALL_PICTURES` names a folder, the page as it opens is
    /// pictured there, as base64 of a PNG. Without axe-core that is told, and fails with `CI=true`.
    pub fn look(&mut self, name: &str) -> Outcome<()> {
        for width in WIDTHS {
            self.resize(width, HEIGHT)?;
            self.unfold(false)?;
            self.fits(name, width)?;
            self.pictured(name, width)?;
            self.unfold(true)?;
            self.fits(name, width)?;
            if Path::new(AXE_JS).is_file() {
                let found = axe(self, Path::new(AXE_JS))?;
                if !found.is_empty() {
                    return Err(Fault(format!("{name} at {width}: {found:#?}")));
                }
            } else if std::env::var("CI").as_deref() == Ok("true") {
                return Err(Fault("there is no axe-core, and CI=true".to_owned()));
            } else {
                println!("skipped: {name} by axe: no axe-core (`cargo xtask assets`)");
            }
        }
        Ok(())
    }

    fn unfold(&mut self, open: bool) -> Outcome<()> {
        let script = "document.querySelectorAll('details').forEach(d => d.open = arguments[0])";
        self.run(script, &[json!(open)]).map(drop)
    }

    fn fits(&mut self, name: &str, width: u32) -> Outcome<()> {
        let out = self.run(STICKS_OUT, &[])?;
        match out == json!([]) {
            true => Ok(()),
            false => Err(Fault(format!("{name} at {width} sticks out: {out}"))),
        }
    }

    fn pictured(&mut self, name: &str, width: u32) -> Outcome<()> {
        let Some(folder) = std::env::var_os("SEAWALL_PICTURES").map(PathBuf::from) else {
            return Ok(());
        };
        let tall = self.run("return document.documentElement.scrollHeight", &[])?;
        let tall = tall.as_u64().unwrap_or_default().clamp(600, 6_000);
        self.resize(width, u32::try_from(tall).unwrap_or(HEIGHT))?;
        let picture = self.picture()?;
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("{name}-{width}.png.b64")), picture)?;
        self.resize(width, HEIGHT)
    }
}
