// Which width to ask for: of few, since the server makes no more than eight of a tap.

const steps = [160, 240, 320, 480, 640, 960, 1280, 1920, 2560, 3840];

/**
 * @param {{width: number, height: number}} room where the picture is drawn, in pixels of the device
 * @param {{width: number, height: number}} source size at the tap; 0 while unknown
 * @returns {{width?: number}} empty where the source is no larger: then a camera's own JPEG can pass untouched
 */
export function wantedSize(room, source) {
  const isKnown = source.width > 0 && source.height > 0;
  // A picture that is fitted is often narrower than its room.
  const drawn = isKnown ? Math.min(room.width, room.height * source.width / source.height) : room.width;
  const width = steps.find((step) => step >= drawn) ?? steps.at(-1);
  return isKnown && width >= source.width ? {} : { width };
}
