//! Large answers are cut, and say so.

use serde_json::Value;

use super::support::in_process::Server;
use super::support::shop;

fn guids(records: &Value) -> Vec<(String, u64)> {
    let of = |r: &Value| (r["requestGUID"].as_str().unwrap().to_owned(), r["localID"].as_u64().unwrap());
    records.as_array().unwrap().iter().map(of).collect()
}

#[tokio::test]
async fn a_cut_list_of_snapshots_says_so_and_where_to_go_on() {
    let server = Server::with_shop().await;
    let base = "/controller/rest/applications/shop/request-snapshots?output=JSON";
    let all = server.get(base).await;
    assert_eq!(all.header("x-result-truncated"), "");
    let first = server.get(&format!("{base}&maximum-results=1")).await;
    assert_eq!((first.header("x-result-truncated"), first.header("x-result-limit")), ("true", "1"));
    let link = first.header("link").to_owned();
    let next = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).unwrap();
    let second = server.get(next).await;
    let mut both = guids(&first.json());
    both.extend(guids(&second.json()));
    assert_eq!(both, guids(&all.json()));
    let nonsense = server.get(&format!("{base}&after=nonsense")).await;
    assert!(nonsense.status.is_client_error() || guids(&nonsense.json()).len() <= 2, "{}", nonsense.status);
}

#[tokio::test]
async fn an_end_far_away_finds_what_is_there() {
    let server = Server::with_shop().await;
    for end in ["99999999999999", "9223372036854775807", "18446744073709551615"] {
        let range =
            format!("time-range-type=BETWEEN_TIMES&start-time={}&end-time={end}", shop::minute_ms() - 60_000);
        let snapshots = server.rest(&format!("/request-snapshots?{range}")).await;
        assert_eq!(snapshots.as_array().unwrap().len(), 2, "{end}");
        let path = "metric-path=Overall%20Application%20Performance%7CCalls%20per%20Minute";
        let data = server.rest(&format!("/metric-data?{path}&{range}")).await;
        assert_eq!(data[0]["metricValues"][0]["sum"], 10, "{end}");
        assert_eq!(data[0]["frequency"], "ONE_MIN", "{end}");
        let all = "time-range-type=BETWEEN_TIMES&start-time=0";
        let data = server.rest(&format!("/metric-data?{path}&{all}&end-time={end}")).await;
        assert_eq!(data[0]["metricValues"][0]["sum"], 10, "{end}");
    }
}
