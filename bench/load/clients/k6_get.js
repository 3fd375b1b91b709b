// Plain requests over kept-alive connections, one at a time for each user.
import http from "k6/http";

export default function () {
  http.get(__ENV.URL);
}

export function handleSummary(data) {
  return { stdout: JSON.stringify(data) };
}
