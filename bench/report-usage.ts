/** Loaded into a server (`--import`) on systems without /proc: tells whoever started it what it has used. */
process.on('message', (message) => {
  if (message !== 'usage') return
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  process.send?.({ cpu: (userCPUTime + systemCPUTime) / 1000, memory: process.memoryUsage.rss() })
})
process.channel?.unref()
