//! A provider that always answers the same: at once, or one piece of a stream that stays open.

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;

/// Answers until it is ended.
pub fn provide() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", listener.local_addr().unwrap());
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            tokio::spawn(async move {
                let service = http1::Builder::new();
                let _ = service.serve_connection(TokioIo::new(stream), service_fn(answer)).await;
            });
        }
    });
}

async fn answer(
    request: Request<Incoming>,
) -> Result<Response<BoxBody<Bytes, Infallible>>, Infallible> {
    let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let streams = body.windows(13).any(|word| word == br#""stream":true"#);
    let body = if streams {
        let first = futures_util::stream::once(async {
            Ok(Frame::data(Bytes::from_static(b"data: {\"x\":1}\n\n")))
        });
        let then = futures_util::stream::pending();
        StreamBody::new(futures_util::StreamExt::chain(first, then)).boxed()
    } else {
        let words = "word ".repeat(130);
        let usage = r#""usage":{"prompt_tokens":20,"completion_tokens":130}"#;
        let choices = format!(r#""choices":[{{"message":{{"content":"{words}"}}}}]"#);
        let text = format!(r#"{{"id":"x","object":"chat.completion",{choices},{usage}}}"#);
        Full::new(Bytes::from(text)).boxed()
    };
    let mut response = Response::new(body);
    let kind = if streams { "text/event-stream" } else { "application/json" };
    response.headers_mut().insert("content-type", kind.parse().unwrap());
    Ok(response)
}
