#!/usr/bin/env python3
"""Writes what OpenCV makes of the test pattern, for the tests to compare with.

    pip install opencv-python-headless
    python3 scripts/golden/generate.py Tests/VisionPipelineTests/Pixels/Golden

The tests need neither OpenCV nor this script, only the pictures (PGM) that it has written.
"""
import pathlib
import sys

import cv2
import numpy as np

WIDTH, HEIGHT = 61, 47


def pattern(width=WIDTH, height=HEIGHT):
    """GoldenPattern.swift draws the same."""
    picture = np.zeros((height, width), np.uint8)
    state = 1
    for y in range(height):
        for x in range(width):
            state = (state * 1664525 + 1013904223) % 2**32
            value = 40 + 2 * x
            if 10 <= x < 25 and 8 <= y < 30:
                value = 200
            if (x - 43) ** 2 + (y - 24) ** 2 < 144:
                value = 30
            if x >= 30 and y >= 38:
                value = 220 if (x // 4 + y // 4) % 2 else 0
            picture[y, x] = min(max(value + (state >> 24) % 32 - 16, 0), 255)
    return picture


def limited(picture):
    """As a camera with luma 16…235 gives it, with two samples outside of that."""
    result = 16 + (picture.astype(np.int32) * 219 + 127) // 255
    result[0, 0], result[0, 1] = 3, 250
    return result.astype(np.uint8)


def expanded(picture):
    value = (picture.astype(np.float64) - 16) * 255 / 219
    return np.floor(np.clip(value, 0, 255) + 0.5).astype(np.uint8)


def threshold(p, method, block, c):
    return cv2.adaptiveThreshold(p, 255, method, cv2.THRESH_BINARY, block, c)


def sobel(p):
    right = cv2.Sobel(p, cv2.CV_16S, 1, 0, ksize=3, borderType=cv2.BORDER_REPLICATE).astype(np.int32)
    down = cv2.Sobel(p, cv2.CV_16S, 0, 1, ksize=3, borderType=cv2.BORDER_REPLICATE).astype(np.int32)
    return np.minimum((np.abs(right) + np.abs(down) + 2) // 4, 255).astype(np.uint8)


def morph(p, operation, kernel, times=1):
    return cv2.morphologyEx(p, operation, np.ones((kernel, kernel), np.uint8), iterations=times)


def undistort(p):
    camera = np.array([[60, 0, 30.2], [0, 58, 23.1], [0, 0, 1]])
    return cv2.undistort(p, camera, np.array([-0.25, 0.08, 0.002, -0.003, 0.01]))


GAUSSIAN, MEAN = cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.ADAPTIVE_THRESH_MEAN_C
CASES = {
    **{f"blur-gaussian-{k}": lambda p, k=k: cv2.GaussianBlur(p, (k, k), 0) for k in (3, 5, 7, 15)},
    **{f"blur-box-{k}": lambda p, k=k: cv2.blur(p, (k, k)) for k in (3, 5, 9, 21)},
    **{f"blur-median-{k}": lambda p, k=k: cv2.medianBlur(p, k) for k in (3, 5, 9, 15, 17)},
    "threshold-binary": lambda p: cv2.threshold(p, 100, 255, cv2.THRESH_BINARY)[1],
    "threshold-binary-inverted": lambda p: cv2.threshold(p, 100, 255, cv2.THRESH_BINARY_INV)[1],
    "threshold-otsu": lambda p: cv2.threshold(p, 0, 255, cv2.THRESH_OTSU)[1],
    "threshold-gaussian-15": lambda p: threshold(p, GAUSSIAN, 15, 3),
    "threshold-gaussian-3": lambda p: threshold(p, GAUSSIAN, 3, 0),
    "threshold-gaussian-51": lambda p: threshold(p, GAUSSIAN, 51, -5.5),
    "threshold-mean-15": lambda p: threshold(p, MEAN, 15, 3),
    "threshold-mean-51": lambda p: threshold(p, MEAN, 51, 2.5),
    "morphology-erode-3": lambda p: morph(p, cv2.MORPH_ERODE, 3),
    "morphology-dilate-5": lambda p: morph(p, cv2.MORPH_DILATE, 5),
    "morphology-open-3": lambda p: morph(p, cv2.MORPH_OPEN, 3),
    "morphology-close-7": lambda p: morph(p, cv2.MORPH_CLOSE, 7),
    "morphology-open-3-twice": lambda p: morph(p, cv2.MORPH_OPEN, 3, 2),
    "morphology-erode-15": lambda p: morph(p, cv2.MORPH_ERODE, 15),
    "edges-canny": lambda p: cv2.Canny(p, 50, 150),
    "edges-canny-strict": lambda p: cv2.Canny(p, 150, 400),
    "edges-sobel": sobel,
    "contrast-stretch": lambda p: cv2.normalize(p, None, 0, 255, cv2.NORM_MINMAX),
    "contrast-clahe-8": lambda p: cv2.createCLAHE(2, (8, 8)).apply(p),
    "contrast-clahe-3": lambda p: cv2.createCLAHE(4, (3, 3)).apply(p),
    "rotate-90": lambda p: cv2.rotate(p, cv2.ROTATE_90_CLOCKWISE),
    "rotate-180": lambda p: cv2.rotate(p, cv2.ROTATE_180),
    "rotate-270": lambda p: cv2.rotate(p, cv2.ROTATE_90_COUNTERCLOCKWISE),
    "rotate-flip": lambda p: cv2.flip(p, 1),
    "undistort": undistort,
}
# A limited-range picture: stages with absolute levels see it expanded, the others as it is.
EXPANDED = [
    "threshold-binary", "threshold-otsu", "threshold-gaussian-15", "threshold-mean-15", "edges-canny", "edges-sobel",
    "contrast-stretch", "contrast-clahe-8",
]
AS_IS = ["blur-gaussian-5", "blur-box-5", "blur-median-5", "morphology-open-3", "rotate-90"]


def main():
    target = pathlib.Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    full = pattern()
    camera = limited(full)
    results = {name: make(full) for name, make in CASES.items()}
    results |= {f"limited-{name}": CASES[name](expanded(camera)) for name in EXPANDED}
    results |= {f"limited-{name}": CASES[name](camera) for name in AS_IS}
    results["resize-half"] = cv2.resize(pattern(60, 46), (30, 23), interpolation=cv2.INTER_AREA)
    for name, picture in results.items():
        cv2.imwrite(str(target / f"{name}.pgm"), picture)
    print(f"{len(results)} pictures by OpenCV {cv2.__version__}")


main()
