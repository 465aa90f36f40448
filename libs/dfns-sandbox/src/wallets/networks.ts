import { satisfying } from '../bodies/shape.js';

/** The kind of key that a network needs. */
export interface KeyScheme {
  scheme: 'ECDSA' | 'EdDSA';
  curve: 'secp256k1' | 'ed25519';
}

const EDDSA = new Set(
  `Algorand AlgorandTestnet Aptos AptosTestnet Canton CantonDevnet CantonTestnet Cardano CardanoPreprod Concordium
  ConcordiumTestnet Iota IotaTestnet IotaZodianet Kusama KusamaAssetHub Near NearTestnet Paseo PaseoAssetHub Polkadot
  PolkadotAssetHub Polymesh PolymeshTestnet Solana SolanaDevnet Stellar StellarTestnet Sui SuiTestnet Tezos TezosGhostnet
  TezosShadownet Ton TonTestnet Westend WestendAssetHub KeyEdDSA`.split(/\s+/),
);

const ECDSA = new Set(
  `ArbitrumOne ArbitrumGoerli ArbitrumSepolia ArcTestnet Areum AvalancheC AvalancheCFuji Adi AdiTestnet AdiTestnetAb
  BabylonGenesis BabylonTestnet5 Base BaseGoerli BaseSepolia Berachain BerachainBArtio BerachainBepolia BesuTestnet Bitcoin
  BitcoinSignet BitcoinTestnet3 BitcoinTestnet4 BitcoinCash BitcoinCashTestnet Bob BobSepolia Bsc BscTestnet Celo
  CeloAlfajores Codex CodexSepolia CosmosHub4 CosmosIcsTestnet Dogecoin DogecoinTestnet Ethereum EthereumClassic
  EthereumClassicMordor EthereumGoerli EthereumSepolia EthereumHolesky EthereumHoodi FantomOpera FantomTestnet FlareC
  FlareCCoston2 FlowEvm FlowEvmTestnet Hedera HederaTestnet Ink InkSepolia InternetComputer Ion IonTestnet Kaspa
  KaspaTestnet11 Litecoin LitecoinTestnet Optimism OptimismGoerli OptimismSepolia Origyn Plasma PlasmaTestnet Plume
  PlumeSepolia Polygon PolygonAmoy PolygonMumbai Race RaceSepolia SeiAtlantic2 SeiPacific1 Sonic SonicTestnet Tempo
  TempoAndantino TempoModerato Tsc TscTestnet1 Tron TronNile Xdc XdcApothem XLayer XLayerSepolia XrpLedger
  XrpLedgerTestnet KeyECDSA`.split(/\s+/),
);

/** Knows the networks of SDK 0.8.21, except Starknet: OpenSSL does not have its curve. */
export function schemeOf(network: string): KeyScheme | undefined {
  if (EDDSA.has(network)) return { scheme: 'EdDSA', curve: 'ed25519' };
  return ECDSA.has(network) ? { scheme: 'ECDSA', curve: 'secp256k1' } : undefined;
}

/** The rule for a network that the sandbox supports. */
export const network = () =>
  satisfying<string>('a network that the sandbox supports', (value) => Boolean(schemeOf(String(value))));
