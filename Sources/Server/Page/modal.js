// Dialogs over the page: how they close.

/**
 * A press that begins and ends beside a dialog closes it. One that only ends there, as a selection that is drawn out of a
 * field does, is none.
 */
export function closesOnBackdrop(dialog) {
  let began = false;
  const isBeside = ({ target, clientX: x, clientY: y }) => {
    const { left, top, right, bottom } = dialog.getBoundingClientRect();
    return target === dialog && (x < left || x > right || y < top || y > bottom);
  };
  dialog.addEventListener("pointerdown", (event) => {
    began = isBeside(event);
  });
  dialog.addEventListener("pointerup", (event) => {
    if (began && isBeside(event)) dialog.close();
    began = false;
  });
}

/** Gives the keyboard back to what had it, or to the list of pictures where that is gone. */
export function focusAgain(node) {
  if (node?.isConnected && node !== document.body) node.focus();
  else document.getElementById("instances")?.focus({ preventScroll: true });
}
