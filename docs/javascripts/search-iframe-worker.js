// The search asks for every Chinese character of what was typed: the index holds characters, and words are not told apart.
const everyCharacter = (message) =>
  message?.type === 2 && typeof message.data === "string" && !message.data.includes('"')
    ? { ...message, data: message.data.replace(/\p{sc=Han}/gu, " +$& ").trim() }
    : message;

// Browsers start no worker of a page opened from disk; its script then runs in a hidden frame, so that the search works.
class IFrameWorker extends EventTarget {
  constructor(url) {
    super();
    const frame = document.createElement("iframe");
    frame.hidden = true;
    document.body.append(frame);
    this.inside = frame.contentWindow;
    this.inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
    const script = this.inside.document.createElement("script");
    this.ready = new Promise((loaded, failed) => {
      script.onload = loaded;
      script.onerror = failed;
    });
    script.src = url;
    this.inside.document.body.append(script);
  }

  async postMessage(data) {
    await this.ready;
    this.inside.dispatchEvent(new MessageEvent("message", { data }));
  }
}

const fromDisk = location.protocol === "file:";
// the search looks for this name to find its files
if (fromDisk) window.IFrameWorker = IFrameWorker;
window.Worker = class extends (fromDisk ? IFrameWorker : window.Worker) {
  postMessage(message) {
    return super.postMessage(everyCharacter(message));
  }
};
