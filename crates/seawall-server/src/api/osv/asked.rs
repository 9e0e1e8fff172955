//! Queries of the OSV interface as they are sent, read whatever media type they say they have.

use super::answer::{Error, cursor};
use seawall_services::osv::{BadQuestion, NamedPackage, Parts, Question};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;

/// How many queries one batch holds.
const QUERIES_MAX: usize = 1_000;

/// A query that can be answered, and behind which id its answer goes on.
#[derive(Debug)]
pub struct Asked {
    /// What is asked.
    pub question: Question,
    /// The last id of the page before.
    pub after: Option<String>,
}

/// Queries that can be answered, in their order.
#[derive(Debug)]
pub struct Batch(pub Vec<Asked>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    #[serde(default)]
    commit: Option<String>,
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    package: Option<Object<Package>>,
    #[serde(default)]
    page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Package {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    ecosystem: Option<String>,
    #[serde(default)]
    purl: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Queries {
    #[serde(default)]
    queries: Option<Vec<Option<Object<Query>>>>,
}

/// What is read from an object only: a list of the right length is none.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(Reader(PhantomData))
    }
}

/// Reads one query.
pub fn read_query(body: &[u8]) -> Result<Asked, Error> {
    asked(read(body)?)
}

/// Reads a batch; the first query that is refused refuses all.
pub fn read_batch(body: &[u8]) -> Result<Batch, Error> {
    let Object(Queries { queries }) = read(body)?.ok_or(BadQuestion::NoQuery)?;
    let queries = queries.unwrap_or_default();
    if queries.len() > QUERIES_MAX {
        return Err(Error::bad("too many queries"));
    }
    let each = queries.into_iter().enumerate();
    let read = each.map(|(index, query)| asked(query).map_err(|error| error.in_query(index)));
    read.collect::<Result<_, _>>().map(Batch)
}

/// A body without anything in it, or `null`, holds no query.
fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<Option<T>, Error> {
    if body.trim_ascii().is_empty() {
        return Ok(None);
    }
    let read = serde_json::from_slice::<Option<T>>(body);
    read.map_err(|error| Error::bad(format!("cannot read the JSON document: {error}")))
}

fn asked(query: Option<Object<Query>>) -> Result<Asked, Error> {
    let Object(query) = query.ok_or(BadQuestion::NoQuery)?;
    let package = query.package.map(|Object(package)| NamedPackage {
        name: package.name.unwrap_or_default(),
        ecosystem: package.ecosystem.unwrap_or_default(),
        purl: package.purl.unwrap_or_default(),
    });
    let parts = Parts { commit: query.commit, version: query.version, package };
    let question = Question::try_from(parts)?;
    let after = match query.page_token.as_deref() {
        None | Some("") => None,
        Some(token) => cursor::read(token).ok_or_else(|| Error::bad("invalid cursor"))?,
    };
    Ok(Asked { question, after })
}
