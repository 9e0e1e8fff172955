//! The product tree: every product identifier, what it names, and of what it is a part.

use super::raw::{Branch, FullName, Helper, ProductTree};
use super::{FORMAT, NAME_LEN_MAX};
use crate::bounded::cut;
use crate::cpe;
use crate::fault::FormatFault;
use crate::inventory::purl;
use crate::json::typed::{LooseText, Text};
use crate::spans::Spans;
use seawall_domain::package::{Ecosystem, Listed, Package, Version};
use std::collections::HashMap;

/// How many products one document may define.
pub const PRODUCTS_MAX: usize = 200_000;

/// How deep branches are followed; real documents stay below 8.
const BRANCH_DEPTH_MAX: usize = 30;

/// What an identifier names.
#[derive(Clone, Debug, Default)]
pub(super) struct Product {
    /// The vendor, trimmed and lower-cased.
    pub(super) vendor: String,
    /// The name without its version, trimmed and lower-cased.
    pub(super) name: String,
    /// The name as the document writes it for people.
    pub(super) full_name: String,
    /// Its versions.
    pub(super) spans: Spans,
    /// The purl, as written.
    pub(super) purl: Option<String>,
    /// The package that the purl names, and its version.
    pub(super) package: Option<(Package, Option<Version>)>,
    /// The CPE name.
    pub(super) cpe: Option<String>,
    /// The product that it is a part of or runs on, by its identifier.
    pub(super) whole: Option<String>,
    /// The part, where this is a part of another product.
    pub(super) part: Option<String>,
}

impl Product {
    /// Whether its package is one of a distribution, whose packages are parts of it by nature.
    pub(super) fn is_distributed(&self) -> bool {
        let Some((package, _)) = &self.package else {
            return false;
        };
        match &package.ecosystem {
            Ecosystem::Debian(_) => true,
            Ecosystem::Listed(listed, _) => {
                matches!(listed.purl().0, "deb" | "rpm" | "apk") || *listed == Listed::PhotonOs
            }
            Ecosystem::Unknown(name) => matches!(name.as_str(), "deb" | "rpm" | "apk" | "alpm"),
            Ecosystem::PyPi
            | Ecosystem::Npm
            | Ecosystem::CratesIo
            | Ecosystem::Generic
            | Ecosystem::Git
            | Ecosystem::Oci => false,
        }
    }
}

/// All products of a document.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    products: HashMap<String, Product>,
    groups: HashMap<String, Vec<String>>,
    pub(super) warnings: Vec<String>,
}

/// What the branches above say.
#[derive(Clone, Debug, Default)]
struct Above<'a> {
    vendor: Option<&'a str>,
    family: Option<&'a str>,
    name: Option<&'a str>,
    version: Option<&'a str>,
}

impl Tree {
    /// Reads the tree. A product that is defined twice keeps its first meaning, with a warning.
    pub(super) fn of(raw: &ProductTree<'_>) -> Result<Tree, FormatFault> {
        let mut tree = Tree::default();
        for branch in &raw.branches.0 {
            tree.branch(branch, &Above::default(), 0)?;
        }
        for product in &raw.full_product_names.0 {
            tree.add(product, &Above::default(), None)?;
        }
        for one in &raw.relationships.0 {
            if let Some(name) = &one.full_product_name.0 {
                tree.add(
                    name,
                    &Above::default(),
                    one.product_reference.get().zip(one.relates_to.get()),
                )?;
            }
        }
        for one in &raw.product_paths.0 {
            let last = one.subpaths.0.iter().rev().find_map(|path| path.0.as_ref()?.next.get());
            if let Some(name) = &one.full_product_name.0 {
                tree.add(name, &Above::default(), one.beginning.get().zip(last))?;
            }
        }
        for group in &raw.product_groups.0 {
            let ids = group.product_ids.0.iter().filter_map(Text::get).map(str::to_owned);
            if let Some(id) = group.group_id.get() {
                tree.groups.insert(id.to_owned(), ids.collect());
            }
        }
        Ok(tree)
    }

    /// The product of an identifier.
    pub(super) fn product(&self, id: &str) -> Option<&Product> {
        self.products.get(id)
    }

    /// The products of a group.
    pub(super) fn group(&self, id: &str) -> &[String] {
        self.groups.get(id).map_or(&[], Vec::as_slice)
    }

    fn branch<'a>(
        &mut self,
        branch: &'a Branch<'a>,
        above: &Above<'a>,
        depth: usize,
    ) -> Result<(), FormatFault> {
        if depth > BRANCH_DEPTH_MAX {
            let message = format!("branches nest deeper than {BRANCH_DEPTH_MAX} levels");
            return Err(FormatFault::new(FORMAT, "/product_tree/branches", message));
        }
        let mut here = above.clone();
        let name = branch.name.get();
        match branch.category.get() {
            Some("vendor") => here.vendor = name,
            Some("product_family") => here.family = name,
            Some("product_name") => here.name = name,
            // A service pack's name is that of the whole version in the documents that have them.
            Some("product_version" | "product_version_range" | "service_pack" | "patch_level") => {
                here.version = name;
            }
            Some(_) | None => {}
        }
        if let Some(product) = &branch.product.0 {
            self.add(product, &here, None)?;
        }
        branch.branches.0.iter().try_for_each(|below| self.branch(below, &here, depth + 1))
    }

    /// Adds a product; `ends` are its part and its whole where it is a relationship.
    fn add(
        &mut self,
        named: &FullName<'_>,
        above: &Above<'_>,
        ends: Option<(&str, &str)>,
    ) -> Result<(), FormatFault> {
        let fault = |message: String| FormatFault::new(FORMAT, "/product_tree", message);
        if self.products.len() >= PRODUCTS_MAX {
            return Err(fault(format!("there are more than {PRODUCTS_MAX} products")));
        }
        let Some(id) = named.product_id.get() else {
            self.warnings.push("/product_tree: a product without an identifier".to_owned());
            return Ok(());
        };
        if self.products.contains_key(id) {
            let id = crate::fault::quote(id);
            self.warnings.push(format!("/product_tree: product {id} is defined twice"));
            return Ok(());
        }
        let mut product = match ends.and_then(|(part, _)| self.products.get(part)) {
            Some(part) => part.clone(),
            None => Product::default(),
        };
        product.full_name = cut(named.name.get().unwrap_or(id), NAME_LEN_MAX);
        if let Some((part, whole)) = ends {
            product.part = Some(part.to_owned());
            product.whole = Some(whole.to_owned());
            if product.vendor.is_empty() {
                let whole = self.products.get(whole);
                product.vendor = whole.map(|whole| whole.vendor.clone()).unwrap_or_default();
            }
        }
        product.place(above);
        product.help(named.helper.0.as_ref());
        if product.name.is_empty() {
            product.name = product.full_name.to_lowercase();
        }
        self.products.insert(id.to_owned(), product);
        Ok(())
    }
}

impl Product {
    /// Takes over what the branches say.
    fn place(&mut self, above: &Above<'_>) {
        let lower = |text: &str| cut(&text.to_lowercase(), NAME_LEN_MAX);
        if let Some(vendor) = above.vendor {
            self.vendor = lower(vendor);
        }
        if let Some(name) = above.name.or(above.family) {
            self.name = lower(name);
        }
        if let Some(version) = above.version {
            self.spans = Spans::default();
            self.spans.add_text(&cut(version, NAME_LEN_MAX));
        }
    }

    /// Takes over what the identification helper says: a purl's package, a CPE's names.
    fn help(&mut self, helper: Option<&Helper<'_>>) {
        let Some(helper) = helper else {
            return;
        };
        let purl = helper.purl.get().or_else(|| helper.purls.0.iter().find_map(LooseText::get));
        if let Some((text, read)) = purl.and_then(|text| Some((text, purl::read(text).ok()?))) {
            self.purl = Some(text.to_owned());
            self.package = Some((read.package, read.version));
        }
        if let Some(name) = helper.cpe.get() {
            self.cpe = Some(cut(name, NAME_LEN_MAX));
            if let Some(cpe::Name { vendor, product, .. }) = cpe::read(name) {
                if self.vendor.is_empty() {
                    self.vendor = vendor;
                }
                if self.name.is_empty() {
                    self.name = product;
                }
            }
        }
    }
}
