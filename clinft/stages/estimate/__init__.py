"""Estimate: tokens, money and minutes before anything is spent, with the formula and every source shown."""

from clinft.stages.estimate.calibration import Used as Used
from clinft.stages.estimate.calibration import calibration as calibration
from clinft.stages.estimate.counted import CHARACTERS_PER_TOKEN as CHARACTERS_PER_TOKEN
from clinft.stages.estimate.counted import Counted as Counted
from clinft.stages.estimate.counted import counted_file as counted_file
from clinft.stages.estimate.duration import Throughput as Throughput
from clinft.stages.estimate.machine import Gpu as Gpu
from clinft.stages.estimate.machine import Machine as Machine
from clinft.stages.estimate.machine import ModelShape as ModelShape
from clinft.stages.estimate.stage import STAGE_VERSION as STAGE_VERSION
from clinft.stages.estimate.stage import End as End
from clinft.stages.estimate.stage import Facts as Facts
from clinft.stages.estimate.stage import Prices as Prices
from clinft.stages.estimate.stage import estimate as estimate
