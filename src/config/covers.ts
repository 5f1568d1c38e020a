import { BlockList, isIP } from 'node:net';

/** Whether a list of base URLs, host names, addresses and networks covers a URL. A base URL covers what lies below it. */
export function covers(list: readonly string[]): (url: URL) => boolean {
  const prefixes = list.filter((item) => item.includes('://')).map((item) => `${item}/`);
  const hosts = new Set(list.filter((item) => !item.includes('://') && !item.includes('/')));
  const networks = new BlockList();
  for (const item of list) addNetwork(networks, item);
  return (url) => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    return (
      hosts.has(host) ||
      isListed(networks, host) ||
      prefixes.some((prefix) => `${url.origin}${url.pathname}/`.startsWith(prefix))
    );
  };
}

function addNetwork(networks: BlockList, item: string): void {
  const [address = '', bits] = item.split('/');
  const version = isIP(address);
  if (version === 0) return;
  const longest = version === 4 ? 32 : 128;
  networks.addSubnet(address, bits === undefined ? longest : Number(bits), version === 4 ? 'ipv4' : 'ipv6');
}

function isListed(networks: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && networks.check(host, version === 4 ? 'ipv4' : 'ipv6');
}
