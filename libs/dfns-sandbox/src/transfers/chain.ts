/** What the sandbox knows about the chain of a network. */
export interface Chain {
  symbol: string;
  /** Of the native asset. */
  decimals: number;
  isEvm: boolean;
  isUtxo: boolean;
  /** The kinds of transfers besides `Native`. The demonstration token is of the first one. */
  kinds: string[];
  /** The kinds of transactions besides `Transaction`. */
  transactions: string[];
}

/** Networks by the beginning of their names: symbol, decimals, kinds of transfers, kinds of transactions. */
const CHAINS: [RegExp, string, number, string, string?][] = [
  [/^Algorand/, 'ALGO', 6, 'Asa'],
  [/^Aptos/, 'APT', 8, 'Aip21'],
  [/^Canton/, 'CC', 10, 'Cip56', 'FunctionCall TransferPreapproval'],
  [/^Cardano/, 'ADA', 6, 'Asset'],
  [/^Concordium/, 'CCD', 6, 'Cis2 Cis7'],
  [/^(Babylon|Cosmos|Origyn|Sei)/, 'ATOM', 6, '', 'SignDocDirect'],
  [/^Iota/, 'IOTA', 9, 'Coin'],
  [/^Sui/, 'SUI', 9, 'Coin'],
  [/^Hedera/, 'HBAR', 8, 'Hts Hip17'],
  [/^(Kusama|Paseo|Polkadot|Westend)/, 'DOT', 10, 'Asset'],
  [/^Polymesh/, 'POLYX', 6, ''],
  [/^Near/, 'NEAR', 24, ''],
  [/^Solana/, 'SOL', 9, 'Spl Spl2022', 'CreateSolanaNonceAccounts'],
  [/^Stellar/, 'XLM', 7, 'Sep41'],
  [/^Tezos/, 'XTZ', 6, ''],
  [/^(Ion|Ton)/, 'TON', 9, 'Tep74'],
  [/^Tron/, 'TRX', 6, 'Trc20 Trc10 Trc721'],
  [/^Xrp/, 'XRP', 6, 'Iou Xls33'],
  [/^InternetComputer/, 'ICP', 8, '', 'FunctionCall'],
];
const UTXO = /^(Bitcoin|Dogecoin|Kaspa|Litecoin)/;
const EVM_SYMBOLS: [RegExp, string][] = [
  [/^Polygon/, 'POL'],
  [/^Bsc/, 'BNB'],
  [/^Avalanche/, 'AVAX'],
  [/Sepolia$/, 'SepoliaETH'],
];

/** Every network that is not named otherwise counts as EVM. */
export function chainOf(network: string): Chain {
  if (UTXO.test(network)) {
    const symbol = network.startsWith('Bitcoin') ? 'BTC' : network.slice(0, 4).toUpperCase();
    return { symbol, decimals: 8, isEvm: false, isUtxo: true, kinds: [], transactions: ['Psbt'] };
  }
  const [, symbol, decimals, kinds, transactions = ''] = CHAINS.find(([name]) => name.test(network)) ?? [];
  if (symbol !== undefined && decimals !== undefined) {
    const listed = { kinds: words(kinds), transactions: words(transactions) };
    return { symbol, decimals, isEvm: false, isUtxo: false, ...listed };
  }
  return {
    symbol: EVM_SYMBOLS.find(([name]) => name.test(network))?.[1] ?? 'ETH',
    decimals: 18,
    isEvm: true,
    isUtxo: false,
    kinds: ['Erc20', 'Erc721', 'Erc7984'],
    transactions: ['Evm', 'Eip1559', 'UserOperations'],
  };
}

const words = (text = '') => text.split(' ').filter(Boolean);
