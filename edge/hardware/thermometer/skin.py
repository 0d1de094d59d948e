"""From what a sensor sees to how warm the person is. Pure; temperatures in °C."""

KELVIN = 273.15
SKIN_EMISSIVITY = 0.98
"""Human skin in the long-wave infrared, whatever its colour: 0.98 ± 0.01 (Steketee, Phys. Med. Biol. 18, 1973)."""
HEAT_LOSS = 0.04
"""The share of the difference between skin and air by which the body is warmer than the forehead: adults' foreheads
were 36.2 °C at 36.7 °C under the arm and in the mouth, in air of 14 to 32 °C (Chen et al., Int. J. Environ. Res.
Public Health 19:15883, 2022), so 0.5 / (36.2 - 23). It depends on the place: set it so that healthy people read true.
"""


def skin_c(apparent_c: float, reflected_c: float, emissivity: float = SKIN_EMISSIVITY) -> float:
    """The surface that looks like a black body of `apparent_c` while it mirrors surroundings of `reflected_c`.

    A grey body sends emissivity x T^4 of its own and mirrors the rest (Stefan and Boltzmann; Kirchhoff).
    """
    own_k4 = ((apparent_c + KELVIN) ** 4 - (1 - emissivity) * (reflected_c + KELVIN) ** 4) / emissivity
    return float(max(own_k4, 0.0) ** 0.25 - KELVIN)


def core_c(forehead_c: float, ambient_c: float, heat_loss: float = HEAT_LOSS) -> float:
    """The body's temperature from that of its skin and of the air.

    What the blood brings equals what the skin loses to the air, so core = air + (1 + h/pc) (skin - air); h is the
    heat transfer coefficient, p the perfusion, c the blood's specific heat (Pompei, US patent 6,056,435, 2000).
    """
    return ambient_c + (1 + heat_loss) * (forehead_c - ambient_c)
