// The microphone as 16-bit mono WAV, at the rate at which the browser hears.

// As a Blob's URL, since a worklet must come from an address and the widget fetches nothing.
const TAP = `
registerProcessor("tap", class extends AudioWorkletProcessor {
  constructor() {
    super();
    this.block = new Float32Array(1024);
    this.filled = 0;
    this.port.onmessage = () => {
      this.port.postMessage(this.block.slice(0, this.filled));
      this.port.postMessage("end");
      this.ended = true;
    };
  }
  process([input]) {
    if (this.ended) return false;
    for (const sample of input[0] ?? []) {
      this.block[this.filled++] = sample;
      if (this.filled === this.block.length) {
        this.port.postMessage(this.block.slice());
        this.filled = 0;
      }
    }
    return true;
  }
});`;

// Why there can be no recording here, or "".
function obstacle() {
  if (!window.isSecureContext) {
    return (
      "Browsers give the microphone only to pages from https or localhost, and this one came over " +
      "plain http from another machine. Open it through localhost (for example ssh -L) or https, " +
      "or upload a recording."
    );
  }
  const policy = document.permissionsPolicy ?? document.featurePolicy;
  const refused = policy?.allowsFeature && !policy.allowsFeature("microphone");
  if (!navigator.mediaDevices?.getUserMedia || refused) {
    return (
      "No microphone is given to this page; notebooks in VS Code, for one, pass none on. Open the " +
      "notebook in a browser to record, or upload a recording."
    );
  }
  return "";
}

const REASONS = {
  NotAllowedError:
    "The microphone was not allowed. Allow it for this page (the sign beside the address, or the " +
    "system's privacy settings), then press Record again.",
  NotFoundError: "No microphone was found. Connect one, or upload a recording.",
  NotReadableError:
    "The microphone gives no sound: another program may be using it. Close that program, then " +
    "press Record again.",
};

function inWords(error) {
  return (
    REASONS[error.name] ??
    `The microphone cannot be used (${error.name}: ${error.message}). Upload a recording instead.`
  );
}

// Open the microphone. Each block of samples goes to `onBlock`; `onLost` is told when the device
// goes away. What comes back has the rate; close(), which lets go of everything once the last block
// is there; and drop(), which lets go at once.
async function openMicrophone(onBlock, onLost) {
  // The browser's own processing is for calls: it changes loudness and sound of a voice.
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 },
  });
  const context = new AudioContext();
  try {
    await context.resume();
    const source = context.createMediaStreamSource(stream);
    const tap = (await workletTap(context, onBlock)) ?? scriptTap(context, onBlock);
    // Browsers run only what leads to the loudspeaker; the tap itself is silent.
    source.connect(tap.node).connect(context.destination);
    for (const track of stream.getTracks()) track.addEventListener("ended", onLost);
    let closing = null;
    const close = async () => {
      await tap.end();
      letGo(stream, context);
    };
    return {
      rate: context.sampleRate,
      close: () => (closing ??= close()),
      drop: () => letGo(stream, context),
    };
  } catch (error) {
    letGo(stream, context);
    throw error;
  }
}

function letGo(stream, context) {
  for (const track of stream.getTracks()) track.stop();
  if (context.state !== "closed") context.close();
}

async function workletTap(context, onBlock) {
  const url = URL.createObjectURL(new Blob([TAP], { type: "text/javascript" }));
  try {
    await context.audioWorklet.addModule(url);
  } catch {
    return null; // a page whose policy forbids code from a Blob
  } finally {
    URL.revokeObjectURL(url);
  }
  const node = new AudioWorkletNode(context, "tap", { channelCount: 1, channelCountMode: "explicit" });
  let ended;
  const last = new Promise((resolve) => (ended = resolve));
  node.port.onmessage = ({ data }) => (data === "end" ? ended() : onBlock(data));
  const end = () => {
    node.port.postMessage("end");
    return Promise.race([last, new Promise((resolve) => setTimeout(resolve, 500))]);
  };
  return { node, end };
}

function scriptTap(context, onBlock) {
  const node = context.createScriptProcessor(2048, 1, 1);
  node.onaudioprocess = ({ inputBuffer }) => onBlock(inputBuffer.getChannelData(0).slice());
  return { node, end: async () => (node.onaudioprocess = null) };
}

function wavOf(blocks, rate) {
  const length = blocks.reduce((sum, block) => sum + block.length, 0);
  const view = new DataView(new ArrayBuffer(44 + 2 * length));
  const write = (at, text) => [...text].forEach((sign, i) => view.setUint8(at + i, sign.charCodeAt(0)));
  write(0, "RIFF");
  view.setUint32(4, 36 + 2 * length, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // integers
  view.setUint16(22, 1, true); // one channel
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, "data");
  view.setUint32(40, 2 * length, true);
  let at = 44;
  for (const block of blocks) {
    for (const sample of block) {
      const held = Math.max(-1, Math.min(1, sample));
      view.setInt16(at, Math.round(held < 0 ? held * 32768 : held * 32767), true);
      at += 2;
    }
  }
  return new Blob([view.buffer], { type: "audio/wav" });
}
