"""A film strip of the robots that the Swift controllers drive: one row for each, one picture.

MuJoCo renders off screen: on Linux by EGL (libegl1 and Mesa's drivers, or a graphics card's), or by
what MUJOCO_GL says.
"""

import os
import sys
from dataclasses import dataclass

if sys.platform == "linux":
    os.environ.setdefault("MUJOCO_GL", "egl")

import gymnasium
import mujoco
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from rollouts import run

FRAMES = 8
WIDTH, HEIGHT = 184, 216
GAP, MARGIN, HEADER, CAPTION = 8, 24, 46, 26
OVERSAMPLING = 3
PAPER, INK, GREY = (255, 255, 255), (31, 41, 55), (107, 114, 128)
SKY_TOP, SKY_BOTTOM = (222, 234, 247), (250, 252, 255)
FLOOR = (218, 224, 232), (240, 243, 247)
LIGHT = np.array((0.1, 0.35, -1)) / np.linalg.norm((0.1, 0.35, -1))
# From the trunk outwards.
LIMBS = ((0.13, 0.24, 0.43), (0.16, 0.42, 0.66), (0.18, 0.62, 0.68), (0.95, 0.52, 0.20))


@dataclass(frozen=True)
class Strip:
    """Where and when to look: `first` and `every` count steps, distances are metres."""

    prefix: str
    environment: str
    target: float
    seed: int
    first: int
    every: int
    distance: float
    height: float


STRIPS = [
    Strip("hopper", "Hopper-v5", 3000, 100, 500, 11, 2.9, 0.72),
    Strip("half_cheetah", "HalfCheetah-v5", 5000, 100, 800, 1, 2.8, 0.4),
]


def paint(model):
    """Calm colours: a bright sky and floor, and limbs that can be told apart."""
    depth = np.zeros(model.nbody, int)
    for body in range(1, model.nbody):
        depth[body] = depth[model.body_parentid[body]] + 1
    for geom in range(model.ngeom):
        if model.geom_type[geom] != mujoco.mjtGeom.mjGEOM_PLANE:
            model.geom_matid[geom] = -1
            limb = LIMBS[min(depth[model.geom_bodyid[geom]], len(LIMBS)) - 1]
            model.geom_rgba[geom] = (*limb, 1)
        else:
            # It may run far. One chequered square of the texture for each metre.
            model.geom_rgba[geom] = 1
            model.geom_size[geom, :2] = (1000, 60)
    model.mat_texuniform[:] = 1
    model.mat_texrepeat[:] = 1
    model.mat_reflectance[:] = 0
    model.mat_specular[:] = 0
    for texture in range(model.ntex):
        height, width = model.tex_height[texture], model.tex_width[texture]
        begin = model.tex_adr[texture]
        pixels = model.tex_data[begin : begin + height * width * 3].reshape(height, width, 3)
        if model.tex_type[texture] == mujoco.mjtTexture.mjTEXTURE_SKYBOX:
            shade = np.linspace(0, 1, width)[:, None]
            rows = (1 - shade) * np.array(SKY_TOP) + shade * np.array(SKY_BOTTOM)
            pixels[:] = rows[np.arange(height) % width, None]
        elif model.tex_type[texture] == mujoco.mjtTexture.mjTEXTURE_2D:
            dark = pixels.astype(int).sum(2) < 300
            pixels[:] = np.where(dark[..., None], FLOOR[0], FLOOR[1])
    model.vis.headlight.ambient[:] = 0.45
    model.vis.headlight.diffuse[:] = 0.35
    # From the front and the left; straight from above the floor would shade itself here and there.
    model.light_dir[:] = LIGHT
    model.light_diffuse[:] = 0.45
    model.light_specular[:] = 0
    model.vis.quality.shadowsize = 8192
    model.vis.global_.offwidth = OVERSAMPLING * WIDTH
    model.vis.global_.offheight = OVERSAMPLING * HEIGHT


def film(strip, controller):
    """The frames with time and return so far of each, and the whole episode."""
    environment = gymnasium.make(strip.environment)
    model, data = environment.unwrapped.model, environment.unwrapped.data
    paint(model)
    camera = mujoco.MjvCamera()
    camera.azimuth, camera.elevation, camera.distance = 90, -8, strip.distance
    steps = range(strip.first, strip.first + FRAMES * strip.every, strip.every)
    frames = []
    with mujoco.Renderer(model, OVERSAMPLING * HEIGHT, OVERSAMPLING * WIDTH) as renderer:

        def watch(step, total_return):
            if step in steps:
                # It follows the robot along the track, not up and down: one sees it jump.
                place = data.body("torso").xpos[0]
                camera.lookat[:] = (place, 0, strip.height)
                # Shadows reach only so far from their light.
                data.light_xpos[:] = np.array((place, 0, 0)) - 4 * LIGHT
                renderer.update_scene(data, camera)
                image = Image.fromarray(renderer.render()).resize((WIDTH, HEIGHT), Image.LANCZOS)
                frames.append((image, step * environment.unwrapped.dt, total_return))

        episode = run(environment, controller, strip.target, strip.seed, watch=watch)
    environment.close()
    return frames, episode


def write(path, controller_of):
    """Draws all strips into one picture; `controller_of` gives the controller for a prefix."""
    width = 2 * MARGIN + FRAMES * WIDTH + (FRAMES - 1) * GAP
    row = HEADER + HEIGHT + CAPTION
    sheet = Image.new("RGB", (width, len(STRIPS) * (row + MARGIN) + MARGIN // 2), PAPER)
    draw = ImageDraw.Draw(sheet)
    large, small = ImageFont.load_default(21), ImageFont.load_default(15)
    for number, strip in enumerate(STRIPS):
        frames, episode = film(strip, controller_of(strip.prefix))
        top = MARGIN // 2 + number * (row + MARGIN)
        draw.text((MARGIN, top + 10), strip.environment, INK, large)
        summary = (
            f"target {strip.target:g}, return {episode.total_return:.0f} "
            f"after {len(episode.rewards)} steps"
        )
        begin = MARGIN + draw.textlength(strip.environment, large) + 14
        draw.text((begin, top + 15), summary, GREY, small)
        legend = "time, return so far"
        end = width - MARGIN - draw.textlength(legend, small)
        draw.text((end, top + 15), legend, GREY, small)
        for index, (image, time, total_return) in enumerate(frames):
            left = MARGIN + index * (WIDTH + GAP)
            sheet.paste(image, (left, top + HEADER))
            caption = f"{time:.2f} s"
            draw.text((left + 2, top + HEADER + HEIGHT + 5), caption, INK, small)
            right = f"{total_return:.0f}"
            place = left + WIDTH - 2 - draw.textlength(right, small)
            draw.text((place, top + HEADER + HEIGHT + 5), right, GREY, small)
    sheet.save(path, quality=88, optimize=True, progressive=True)
