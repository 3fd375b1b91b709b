// One event stream for each user, read to its end. Needs a k6 that was built with the
// extension k6/x/sse (xk6 build --with github.com/phymbert/xk6-sse).
import { Counter } from "k6/metrics";
import sse from "k6/x/sse";

const events = new Counter("content_events");

export default function () {
  sse.open(__ENV.URL, {}, (client) => {
    client.on("event", (event) => {
      if (event.name === "content") events.add(1);
      if (event.name === "done") client.close();
    });
  });
}

export function handleSummary(data) {
  return { stdout: JSON.stringify(data) };
}
