"""Small tables of prices and of machines, in the manner of the shipped ones, for tests that renew them."""

HEAD = "# Prices as they were read. A comment that has to stay.\n"
PRICES = (
    HEAD
    + """prices:
  - {provider: peft, base_model: "*", what: training, unit: usd_per_million_tokens, value: "0",
     as_of: "2020-01-01", source: "your own machine; electricity is not priced"}
  - {provider: openai, base_model: gpt-4.1-2025-04-14, aliases: [gpt-4.1], what: training,
     unit: usd_per_million_tokens, value: "25.00", as_of: "2026-10-01", source: "second-hand: a page of others"}
  # Regional.
  - {provider: azure_openai, base_model: gpt-4.1-2025-04-14, aliases: [gpt-4.1], what: training, training_type: standard, region: northcentralus,
     unit: usd_per_million_tokens, value: "27.50", as_of: "2026-08-11",
     source: "Azure Retail Prices of 2026-08-11, from the copy in azure-genai-prices 0.2.0; not asked again since"}
  - {provider: azure_openai, base_model: gpt-4.1-2025-04-14, aliases: [gpt-4.1], what: training, training_type: standard, region: swedencentral,
     unit: usd_per_million_tokens, value: "30.25", as_of: "2026-08-11",   # dearer
     source: "Azure Retail Prices of 2026-08-11, from the copy in azure-genai-prices 0.2.0; a note that stays"}
  - {provider: azure_openai, base_model: gpt-4.1-2025-04-14, aliases: [gpt-4.1], what: training, training_type: global,
     unit: usd_per_million_tokens, value: "25.00", as_of: "2026-08-11",
     source: "Azure Retail Prices of 2026-08-11, from the copy in azure-genai-prices 0.2.0; not asked again since"}
  - {provider: azure_openai, base_model: gpt-4.1-2025-04-14, aliases: [gpt-4.1], what: hosting,
     unit: usd_per_hour, value: "1.70", as_of: "2026-08-11",
     source: "Azure Retail Prices of 2026-08-11, from the copy in azure-genai-prices 0.2.0; not asked again since"}
  - {provider: azure_openai, base_model: gpt-4.1-2025-04-14, aliases: [gpt-4.1], what: hosting, training_type: developer,
     unit: usd_per_hour, value: "0", as_of: "2026-08-11",
     source: "Azure Retail Prices of 2026-08-11, from the copy in azure-genai-prices 0.2.0; not asked again since; removed after 24 hours"}
# What was measured.
throughput: []
"""
)
MACHINES = """# Machines that cost by the hour.
instances:
  - {name: "aws:g6.xlarge:us-east-1", gpu: L4, gpus: 1, memory_gb: 24, usd_per_hour: "0.8048",
     minimum_minutes: 1, as_of: "2026-08-17", source: "second-hand: a public repository"}
  - {name: "azure:NC24ads_A100_v4:eastus", gpu: A100-80, gpus: 1, memory_gb: 80, usd_per_hour: "3.673",
     minimum_minutes: 1, as_of: "2026-09-25", source: "second-hand: a public list"}
  - {name: "gcp:g2-standard-4:us-central1", gpu: L4, gpus: 1, memory_gb: 24, usd_per_hour: "0.71",
     minimum_minutes: 1, as_of: "2026-10-13", source: "second-hand: a data set; approximate"}
  - {name: "lambda:gpu_8x_a100_80gb:us", gpu: A100-80, gpus: 8, memory_gb: 80, usd_per_hour: "22.32",
     minimum_minutes: 1, as_of: "2026-09-25", source: "second-hand: a public list"}
  - {name: "nebius:gpu-h100:eu-north1", gpu: H100, gpus: 1, memory_gb: 80, usd_per_hour: "3.85",
     minimum_minutes: 1, as_of: "2026-09-25", source: "second-hand: a public list"}
gpus: []
shapes: []
"""
