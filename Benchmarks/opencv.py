"""OpenCV's side of the comparison, on one thread.

    opencv.py FRAME.raw WIDTH HEIGHT

Reads `NAME COUNT` lines, does that work COUNT times and answers with the nanoseconds of this thread's processor time
that it took, or with `unknown`. What can be prepared is prepared, results go into memory that is there already.
"""
import sys
import time

import cv2
import numpy as np

cv2.setNumThreads(1)
cv2.ocl.setUseOpenCL(False)

width, height = int(sys.argv[2]), int(sys.argv[3])
frame = np.fromfile(sys.argv[1], np.uint8).reshape(height, width)
out = np.empty_like(frame)
turned = np.empty((width, height), np.uint8)
half = np.empty((height // 2, width // 2), np.uint8)
small = np.empty((360, 640), np.uint8)
square = np.ones((3, 3), np.uint8)
wide = np.ones((5, 5), np.uint8)
widest = np.ones((15, 15), np.uint8)
clahe = cv2.createCLAHE(2, (8, 8))
camera = np.array([[1400, 0, 960], [0, 1400, 540], [0, 0, 1]], np.float64)
maps = cv2.initUndistortRectifyMap(
    camera, np.array([-0.3, 0.1, 0.001, -0.001, 0.0]), None, camera, (width, height), cv2.CV_16SC2)
right = np.empty((height, width), np.int16)
down = np.empty((height, width), np.int16)


def sobel():
    """The same as the stage: a quarter of |right| + |down|."""
    cv2.Sobel(frame, cv2.CV_16S, 1, 0, dst=right, ksize=3, borderType=cv2.BORDER_REPLICATE)
    cv2.Sobel(frame, cv2.CV_16S, 0, 1, dst=down, ksize=3, borderType=cv2.BORDER_REPLICATE)
    cv2.convertScaleAbs(right, right8, 0.25)
    cv2.convertScaleAbs(down, down8, 0.25)
    cv2.add(right8, down8, out)


right8, down8 = np.empty_like(frame), np.empty_like(frame)
ADAPTIVE = {"gaussian": cv2.ADAPTIVE_THRESH_GAUSSIAN_C, "mean": cv2.ADAPTIVE_THRESH_MEAN_C}


def adaptive(method, block):
    return lambda: cv2.adaptiveThreshold(frame, 255, ADAPTIVE[method], cv2.THRESH_BINARY, block, 3, dst=out)


def morph(operation, kernel):
    return lambda: cv2.morphologyEx(frame, operation, kernel, dst=out)


WORK = {
    **{f"gaussian-{k}": lambda k=k: cv2.GaussianBlur(frame, (k, k), 0, dst=out) for k in (3, 5, 7, 15, 21)},
    **{f"box-{k}": lambda k=k: cv2.blur(frame, (k, k), dst=out) for k in (5, 15)},
    **{f"median-{k}": lambda k=k: cv2.medianBlur(frame, k, dst=out) for k in (3, 5, 7, 9, 11, 15, 21)},
    "threshold-binary": lambda: cv2.threshold(frame, 127, 255, cv2.THRESH_BINARY, dst=out),
    "threshold-otsu": lambda: cv2.threshold(frame, 0, 255, cv2.THRESH_OTSU, dst=out),
    "threshold-gaussian-15": adaptive("gaussian", 15),
    "threshold-mean-15": adaptive("mean", 15),
    "erode-3": morph(cv2.MORPH_ERODE, square),
    "open-3": morph(cv2.MORPH_OPEN, square),
    "open-5": morph(cv2.MORPH_OPEN, wide),
    "close-15": morph(cv2.MORPH_CLOSE, widest),
    "sobel": sobel,
    "canny": lambda: cv2.Canny(frame, 50, 150, edges=out),
    "clahe": lambda: clahe.apply(frame, out),
    "stretch": lambda: cv2.normalize(frame, out, 0, 255, cv2.NORM_MINMAX),
    "resize-half": lambda: cv2.resize(frame, (width // 2, height // 2), dst=half, interpolation=cv2.INTER_AREA),
    "resize-640": lambda: cv2.resize(frame, (640, 360), dst=small, interpolation=cv2.INTER_LINEAR),
    "rotate-90": lambda: cv2.rotate(frame, cv2.ROTATE_90_CLOCKWISE, dst=turned),
    "rotate-180": lambda: cv2.rotate(frame, cv2.ROTATE_180, dst=out),
    "undistort": lambda: cv2.remap(frame, maps[0], maps[1], cv2.INTER_LINEAR, dst=out),
}

print(cv2.__version__, flush=True)
for line in sys.stdin:
    name, count = line.split()
    work = WORK.get(name)
    if work is None:
        print("unknown", flush=True)
        continue
    start = time.thread_time_ns()
    for _ in range(int(count)):
        work()
    print(time.thread_time_ns() - start, flush=True)
