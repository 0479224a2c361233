"""The parts of the facade (`engine.facade.Engine`), by what they are asked for."""
