//! Objects of the API server by name: the only place where a name becomes part of a URL, and only after it was checked.
//! The client library puts names into URLs as they are, so that `?x` would read a list, and `a#x` the object `a`. Its errors quote
//! what it cannot read; those that come from here do not.

use std::fmt::Debug;

use hyper::header::{ACCEPT, HeaderValue};
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{
    DeleteParams, EvictParams, ListParams, ObjectList, ObjectMeta, PartialObjectMeta, Patch, PatchParams, PostParams,
};
use kube::core::{DynamicResourceScope, Request};
use kube::{Api, Client, Error, Resource};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::name::{InvalidName, PathSegment};
use crate::object::ObjectKey;

/// Asks the API server for the metadata of an object.
const METADATA_ONLY: HeaderValue =
    HeaderValue::from_static("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");

type Result<T> = std::result::Result<T, Error>;

/// The objects of a kind, in one namespace or cluster-wide. A name that no object can have is refused before anything is sent.
#[derive(Debug, Clone)]
pub(crate) struct Objects<K> {
    api: std::result::Result<Api<K>, InvalidName>,
}

impl<K: Resource<DynamicType = ()>> Objects<K> {
    /// Those in `namespace`.
    pub(crate) fn in_namespace(client: &Client, namespace: &str) -> Self
    where
        K: Resource<Scope = NamespaceResourceScope>,
    {
        #[expect(clippy::disallowed_methods, reason = "the name of the namespace is checked")]
        let api = |segment: PathSegment<'_>| Api::namespaced(client.clone(), segment.as_str());
        Self {
            api: PathSegment::new(namespace).map(api),
        }
    }

    /// Those of a kind without namespaces.
    pub(crate) fn cluster_wide(client: &Client) -> Self {
        Self {
            api: Ok(Api::all(client.clone())),
        }
    }
}

impl<K: Resource<Scope = DynamicResourceScope>> Objects<K> {
    /// Those in `namespace` of a kind that is known at run time only.
    pub(crate) fn of_kind(client: &Client, namespace: &str, kind: &K::DynamicType) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the name of the namespace is checked")]
        let api = |segment: PathSegment<'_>| Api::namespaced_with(client.clone(), segment.as_str(), kind);
        Self {
            api: PathSegment::new(namespace).map(api),
        }
    }
}

impl<K> Objects<K> {
    fn all(&self) -> Result<&Api<K>> {
        self.api.as_ref().map_err(refused)
    }

    fn one<'a>(&self, name: &'a str) -> Result<(&Api<K>, &'a str)> {
        let segment = PathSegment::new(name).map_err(|error| refused(&error))?;
        Ok((self.all()?, segment.as_str()))
    }
}

impl<K: Clone + DeserializeOwned + Debug> Objects<K> {
    /// The object of that name.
    pub(crate) async fn get(&self, name: &str) -> Result<K> {
        let (api, name) = self.one(name)?;
        api.get(name).await.map_err(without_content)
    }

    /// The object of that name, if there is one.
    pub(crate) async fn get_opt(&self, name: &str) -> Result<Option<K>> {
        let (api, name) = self.one(name)?;
        api.get_opt(name).await.map_err(without_content)
    }

    /// The metadata of the object of that name, if there is one.
    pub(crate) async fn get_metadata_opt(&self, name: &str) -> Result<Option<PartialObjectMeta<K>>> {
        let (api, name) = self.one(name)?;
        api.get_metadata_opt(name).await.map_err(without_content)
    }

    /// Those that `params` select.
    pub(crate) async fn list(&self, params: &ListParams) -> Result<ObjectList<K>> {
        self.all()?.list(params).await.map_err(without_content)
    }

    /// The metadata of those that `params` select.
    pub(crate) async fn list_metadata(&self, params: &ListParams) -> Result<ObjectList<PartialObjectMeta<K>>> {
        self.all()?.list_metadata(params).await.map_err(without_content)
    }

    /// Creates `object`.
    pub(crate) async fn create(&self, params: &PostParams, object: &K) -> Result<K>
    where
        K: Serialize,
    {
        self.all()?.create(params, object).await.map_err(without_content)
    }

    /// Puts `object` in the place of the one of that name.
    pub(crate) async fn replace(&self, name: &str, params: &PostParams, object: &K) -> Result<K>
    where
        K: Serialize,
    {
        let (api, name) = self.one(name)?;
        api.replace(name, params, object).await.map_err(without_content)
    }

    /// Changes the object of that name.
    pub(crate) async fn patch<P: Serialize + Debug>(
        &self,
        name: &str,
        params: &PatchParams,
        patch: &Patch<P>,
    ) -> Result<K> {
        let (api, name) = self.one(name)?;
        api.patch(name, params, patch).await.map_err(without_content)
    }

    /// Changes the object of that name; the API server answers with its metadata alone.
    pub(crate) async fn patch_metadata<P: Serialize + Debug>(
        &self,
        name: &str,
        params: &PatchParams,
        patch: &Patch<P>,
    ) -> Result<PartialObjectMeta<K>> {
        let (api, name) = self.one(name)?;
        api.patch_metadata(name, params, patch).await.map_err(without_content)
    }

    /// Changes the status of the object of that name.
    pub(crate) async fn patch_status<P: Serialize + Debug>(
        &self,
        name: &str,
        params: &PatchParams,
        patch: &Patch<P>,
    ) -> Result<K> {
        let (api, name) = self.one(name)?;
        api.patch_status(name, params, patch).await.map_err(without_content)
    }

    /// Deletes the object of that name.
    pub(crate) async fn delete(&self, name: &str, params: &DeleteParams) -> Result<()> {
        let (api, name) = self.one(name)?;
        api.delete(name, params).await.map(drop).map_err(without_content)
    }
}

impl Objects<Pod> {
    /// Evicts the pod of that name.
    pub(crate) async fn evict(&self, name: &str, params: &EvictParams) -> Result<()> {
        let (api, name) = self.one(name)?;
        api.evict(name, params).await.map(drop).map_err(without_content)
    }
}

/// How [`write()`] writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Write {
    /// A new object.
    Create,
    /// In the place of the object of that name.
    Replace,
}

/// Writes an object, given as JSON; the API server answers with the metadata alone, since the rest is ours and may be large.
pub(crate) async fn write<K>(
    client: &Client,
    write: Write,
    key: &ObjectKey,
    params: &PostParams,
    body: Vec<u8>,
) -> Result<ObjectMeta>
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope>,
{
    let namespace = PathSegment::new(&key.namespace).map_err(|error| refused(&error))?;
    let name = PathSegment::new(&key.name).map_err(|error| refused(&error))?;
    #[expect(clippy::disallowed_methods, reason = "both names are checked")]
    let request = Request::new(K::url_path(&(), Some(namespace.as_str())));
    let request = match write {
        Write::Create => request.create(params, body),
        Write::Replace => request.replace(name.as_str(), params, body),
    };
    let mut request = request.map_err(Error::BuildRequest)?;
    request.headers_mut().insert(ACCEPT, METADATA_ONLY);
    let written: PartialObjectMeta<K> = client.request(request).await.map_err(without_content)?;
    Ok(written.metadata)
}

/// The error without what it quotes of an answer that cannot be read, which may be a Secret.
pub(crate) fn without_content(error: Error) -> Error {
    match error {
        Error::SerdeError(source) => {
            let place = format!(
                "the response is malformed at line {}, column {}",
                source.line(),
                source.column()
            );
            Error::SerdeError(serde_json::Error::io(std::io::Error::other(place)))
        }
        Error::FromUtf8(_) => Error::SerdeError(serde_json::Error::io(std::io::Error::other(
            "the response is not UTF-8",
        ))),
        error => error,
    }
}

fn refused(error: &InvalidName) -> Error {
    Error::BuildRequest(kube::core::request::Error::Validation(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use k8s_openapi::api::core::v1::Secret;
    use kube::client::Body;

    use super::*;

    /// A client whose requests are counted, and all answered with 404.
    fn counting() -> (Client, Arc<AtomicUsize>) {
        let requests = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&requests);
        let service = tower::service_fn(move |_: hyper::Request<Body>| {
            count.fetch_add(1, Ordering::Relaxed);
            async {
                let answer = hyper::Response::builder().status(404).body(Body::empty());
                answer.map_err(std::io::Error::other)
            }
        });
        (Client::new(service, "default"), requests)
    }

    #[tokio::test]
    async fn an_answer_that_cannot_be_read_is_not_quoted() {
        for body in [
            &br#"{"data": "hunter2"}"#[..],
            b"hunter2",
            b"hunter2\xff",
            br#"{"metadata": {"name": {"hunter2": 1}}}"#,
        ] {
            let service = tower::service_fn(move |_: hyper::Request<Body>| async move {
                Ok::<_, std::io::Error>(hyper::Response::new(Body::from(body.to_vec())))
            });
            let own = Objects::<Secret>::in_namespace(&Client::new(service, "default"), "own");
            let error = own.get_opt("a").await.expect_err("no Secret");
            let text = format!("{error} {error:?} {}", process::causes::Causes(&error));
            assert!(!text.contains("hunter2") && !text.contains("104, 117"), "{text}");
        }
    }

    #[tokio::test]
    async fn a_name_that_is_none_is_never_sent() {
        let (client, requests) = counting();
        let own = Objects::<Secret>::in_namespace(&client, "own");
        for name in ["", ".", "..", "?x=1", "a#x", "100%", "my secret", "../../b/secrets/c"] {
            let error = own.get_opt(name).await.expect_err("no name");
            assert!(matches!(error, Error::BuildRequest(_)), "{error}");
            assert!(own.delete(name, &DeleteParams::default()).await.is_err());
            let other = Objects::<Secret>::in_namespace(&client, name);
            assert!(other.get_opt("a").await.is_err() && other.list(&ListParams::default()).await.is_err());
            let (key, params) = (ObjectKey::new("own", name), PostParams::default());
            assert!(
                write::<Secret>(&client, Write::Replace, &key, &params, Vec::new())
                    .await
                    .is_err()
            );
        }
        assert_eq!(requests.load(Ordering::Relaxed), 0);
        drop(own.get_opt("a").await);
        assert_eq!(requests.load(Ordering::Relaxed), 1);
    }
}
